import TensorStorage

/// What a file of either form holds, before a state dict has been looked for in it.
struct PyTorchContents {
  /// What the pickle describes.
  let root: PickleValue
  let heap: PickleHeap
  /// The form's name for people.
  let formatName: String
  /// Whether elements lie with their most significant byte first.
  let isBigEndian: Bool
  /// Where the storage of a key lies in the file; `nil` when it does not.
  let locate: (String) throws -> Range<Int>?

  /// Where the storage lies that a tensor names.
  ///
  /// - Throws: ``PyTorchFileError`` when it is missing or of another size, and what the form throws.
  func range(of storage: TorchStorage, file: String) throws -> Range<Int> {
    guard let range = try locate(storage.key) else {
      throw PyTorchFileError(.missingStorage(key: storage.key), file: file)
    }
    let (expected, isOverflow) = storage.count.multipliedReportingOverflow(by: storage.byteWidth)
    guard !isOverflow, expected == range.count else {
      throw PyTorchFileError(
        .storageSize(
          key: storage.key, byteCount: range.count, expected: isOverflow ? .max : expected),
        file: file)
    }
    return range
  }
}
