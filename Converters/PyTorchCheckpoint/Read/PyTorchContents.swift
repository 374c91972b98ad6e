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
  /// Where the storage lies that a tensor names.
  let range: (TorchStorage) throws -> Range<Int>
}
