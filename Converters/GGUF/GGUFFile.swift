import TensorStorage

/// A GGUF file of version 2 or 3: metadata and tensors of types F32, F16, BF16 and Q8_0.
///
/// Opening reads the header alone. Tensors of type Q8_0 are delivered as the floats that they stand
/// for, exactly.
public final class GGUFFile: TensorSource {
  /// The format's name for people.
  public let formatName = "GGUF"
  /// The file as it was named.
  public let path: String
  /// Every tensor in the order of its data.
  public let tensors: [TensorDescription]
  /// Keys and values in the order of the file.
  public let metadata: [(key: String, value: GGUFValue)]

  private let file: RandomAccessFile
  private let entries: [[UInt8]: GGUFHeader.Entry]
  private let dataOffset: Int
  private let valuePositions: [[UInt8]: Int]

  /// Encoded bytes that are held at once when a tensor is decoded.
  private static let chunkByteCount = 1 << 20

  /// Opens a file and checks its header.
  ///
  /// - Throws: ``GGUFError``, `TruncatedBytes`, `FileError`.
  public init(path: String) throws {
    let file = try RandomAccessFile(path: path)
    let header = try GGUFHeader(file)
    self.path = path
    self.file = file
    metadata = header.metadata
    tensors = header.entries.map(\.description)
    dataOffset = header.dataOffset
    entries = Dictionary(
      uniqueKeysWithValues: header.entries.map { (Array($0.description.name.utf8), $0) })
    valuePositions = Dictionary(
      uniqueKeysWithValues: metadata.enumerated().map { (Array($0.element.key.utf8), $0.offset) })
  }

  /// The file.
  public var sourcePaths: [String] { [path] }

  /// The value of a key, if there is one.
  public subscript(key: String) -> GGUFValue? {
    valuePositions[Array(key.utf8)].map { metadata[$0].value }
  }

  /// Copies rows; see ``TensorSource``.
  ///
  /// - Throws: ``GGUFError`` for a tensor that is not in the file, `FileError`.
  public func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard let entry = entries[Array(tensor.name.utf8)] else {
      throw GGUFError(.noSuchTensor, tensor: tensor.name, file: path)
    }
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rowCount
        && destination.count == rows.count * tensor.bytesPerRow,
      "rows \(rows) of \(tensor.shape) into \(destination.count) bytes")
    let firstElement = rows.lowerBound * tensor.shape.elementsPerRow
    let (perBlock, blockByteCount) = (entry.type.elementsPerBlock, entry.type.bytesPerBlock)
    let offset = dataOffset + entry.offset + firstElement / perBlock * blockByteCount
    guard entry.type == .q8_0 else { return try file.read(at: offset, into: destination) }
    let blockCount = destination.count / 4 / perBlock
    let blocksPerChunk = Self.chunkByteCount / blockByteCount
    let floats = destination.bindMemory(to: Float.self)
    var encoded = [UInt8](repeating: 0, count: min(blocksPerChunk, blockCount) * blockByteCount)
    for start in stride(from: 0, to: blockCount, by: blocksPerChunk) {
      let count = min(blocksPerChunk, blockCount - start)
      try encoded.withUnsafeMutableBytes { encoded in
        let part = UnsafeMutableRawBufferPointer(rebasing: encoded[..<(count * blockByteCount)])
        try file.read(at: offset + start * blockByteCount, into: part)
        Q8Block.decode(
          UnsafeRawBufferPointer(part),
          into: UnsafeMutableBufferPointer(
            rebasing: floats[start * perBlock..<(start + count) * perBlock]))
      }
    }
  }
}
