import TensorStorage

/// A PyTorch checkpoint: the state dict in a file that `torch.save` wrote.
///
/// The zip form of today and the stream form before it are read; nothing that the file names is run.
/// Opening reads the pickle and checks that every tensor lies within its storage; rows are read from
/// where they lie. Views (transposed, sliced, repeated) come in C order like every other tensor, and
/// tensors that share a storage are read from it each.
public struct PyTorchFile: TensorSource {
  /// The form's name for people.
  public let formatName: String
  /// The file as it was named.
  public let path: String
  /// Every tensor of the state dict, in its order.
  public let tensors: [TensorDescription]
  /// What holds tensors and is not offered, with the reason: an optimizer's state, types that nothing
  /// here holds.
  public let skipped: [(path: String, reason: String)]

  private let file: RandomAccessFile
  private let isBigEndian: Bool
  private let layouts: [[UInt8]: (tensor: TensorDescription, layout: StridedLayout)]

  /// A repeating view may be larger than its storage up to this size.
  private static let maximumRepeatedByteCount = 16 << 20

  /// Opens a file and finds its state dict.
  ///
  /// - Throws: ``PyTorchFileError``, ``PickleError``, `ZipError`, or `FileError` when it cannot be
  ///   read.
  public init(path: String) throws {
    let file = try RandomAccessFile(path: path)
    let front = try file.bytes(in: 0..<min(file.byteCount, 512))
    let contents: PyTorchContents
    if front.starts(with: "PK\u{3}\u{4}".utf8) {
      contents = try PyTorchContents(archive: file)
    } else if front.dropFirst(257).starts(with: "ustar".utf8) {
      throw PyTorchFileError(.tarArchive, file: path)
    } else {
      contents = try PyTorchContents(stream: file)
    }
    let search = try StateDictSearch(contents.root, in: contents.heap, file: path)
    var tensors: [TensorDescription] = []
    var skipped = search.skipped
    var layouts: [[UInt8]: (tensor: TensorDescription, layout: StridedLayout)] = [:]
    for (name, tensor) in search.tensors {
      let layout = try Self.layout(of: tensor, name: name, contents: contents, file: path)
      let shape = Shape(layout.dimensions)
      guard let type = tensor.element.type else {
        skipped.append((name, "its elements are of type \(tensor.element.name), which is not read"))
        continue
      }
      guard
        shape.elementCount <= layout.spanCount
          || shape.elementCount <= Self.maximumRepeatedByteCount / layout.width
      else {
        skipped.append((name, "it repeats its elements to more than 16 MiB"))
        continue
      }
      let description = TensorDescription(name: name, elementType: type, shape: shape)
      tensors.append(description)
      layouts[Array(name.utf8)] = (description, layout)
    }
    self.path = path
    self.file = file
    self.tensors = tensors
    self.skipped = skipped
    self.layouts = layouts
    formatName = contents.formatName
    isBigEndian = contents.isBigEndian
  }

  /// The file.
  public var sourcePaths: [String] { [path] }

  /// Copies rows; see ``TensorSource``.
  ///
  /// - Throws: `FileError`; ``PyTorchFileError`` for a tensor that is not in the file.
  public func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard let (known, layout) = layouts[Array(tensor.name.utf8)], known == tensor else {
      throw PyTorchFileError(.noSuchTensor(tensor: tensor.name), file: path)
    }
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rowCount
        && destination.count == rows.count * tensor.bytesPerRow,
      "rows \(rows) of \(tensor.shape) into \(destination.count) bytes")
    guard destination.count > 0 else { return }
    if layout.isContiguous {
      try file.read(at: layout.start + rows.lowerBound * tensor.bytesPerRow, into: destination)
    } else {
      var gather = StridedGather(file, layout: layout)
      try gather.read(rows: rows, into: destination)
    }
    if isBigEndian { tensor.elementType.swapBytes(in: destination) }
  }

  /// A tensor's place in the file.
  private static func layout(
    of tensor: TorchTensor, name: String, contents: PyTorchContents, file: String
  ) throws -> StridedLayout {
    guard let shape = Shape(checking: tensor.dimensions),
      // A tensor without rows may still declare rows of any size.
      Shape(checking: Array(tensor.dimensions.dropFirst())) != nil,
      !shape.elementCount.multipliedReportingOverflow(by: tensor.element.byteWidth * 8).overflow
    else { throw PyTorchFileError(.malformedShape(tensor: name), file: file) }
    let storage = try contents.range(of: tensor.storage, file: file)
    do throws(StridedLayout.Failure) {
      return try StridedLayout(tensor, shape: shape, storage: storage)
    } catch .malformed {
      throw PyTorchFileError(.malformedShape(tensor: name), file: file)
    } catch .beyondStorage {
      throw PyTorchFileError(.beyondStorage(tensor: name), file: file)
    }
  }
}
