import JSON
import TensorStorage

/// One safetensors file, checked in full when it is opened and read in pieces.
///
/// Opening reads the header alone: a file that declares more than it holds is refused before
/// anything is reserved for it.
public struct SafetensorsFile: TensorSource {
  /// The format's name for people.
  public let formatName = "safetensors"
  /// The file as it was named.
  public let path: String
  /// Every tensor in the order of its data.
  public let tensors: [TensorDescription]
  /// The strings of `__metadata__`: `format` is `pt`, `tf`, `flax`, `mlx` or absent.
  public let metadata: [String: String]

  private let file: RandomAccessFile
  /// Offset in the file by the bytes of the name: two names that look alike are still two tensors.
  private let offsets: [[UInt8]: Int]

  /// Opens a file and checks its header.
  ///
  /// - Throws: ``FileError`` when it cannot be read, ``SafetensorsError`` when it breaks a rule.
  public init(path: String) throws {
    let file = try RandomAccessFile(path: path)
    guard file.byteCount >= 8 else {
      throw SafetensorsError(.tooShort(byteCount: file.byteCount), file: path)
    }
    let length = try file.bytes(in: 0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(SafetensorsHeader.maximumByteCount) else {
      throw SafetensorsError(.headerTooLarge(byteCount: length), file: path)
    }
    let dataOffset = 8 + Int(length)
    guard dataOffset <= file.byteCount else {
      throw SafetensorsError(
        .headerBeyondEnd(byteCount: Int(length), fileByteCount: file.byteCount), file: path)
    }
    let header = try SafetensorsHeader(
      parsing: file.bytes(in: 8..<dataOffset), dataByteCount: file.byteCount - dataOffset,
      file: path)
    self.path = path
    self.file = file
    tensors = header.entries.map(\.description)
    metadata = header.metadata
    var offsets: [[UInt8]: Int] = [:]
    offsets.reserveCapacity(tensors.count)
    for entry in header.entries {
      offsets[Array(entry.description.name.utf8)] = dataOffset + entry.begin
    }
    self.offsets = offsets
  }

  /// The file.
  public var sourcePaths: [String] { [path] }

  /// Copies rows; see ``TensorSource``.
  ///
  /// - Throws: ``FileError``; ``SafetensorsError`` for a tensor that is not in the file, or for some
  ///   rows of a tensor whose rows end inside a byte.
  public func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard let offset = offsets[Array(tensor.name.utf8)] else {
      throw SafetensorsError(.noSuchTensor(tensor: tensor.name), file: path)
    }
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rowCount,
      "rows \(rows) of a tensor with \(tensor.shape.rowCount)")
    let rowBitCount = tensor.shape.elementsPerRow * tensor.elementType.bitWidth
    if rowBitCount % 8 != 0 {
      guard rows == 0..<tensor.shape.rowCount else {
        throw SafetensorsError(.rowsNotWholeBytes(tensor: tensor.name), file: path)
      }
      precondition(destination.count == tensor.byteCount, "the destination has another size")
      try file.read(at: offset, into: destination)
      return
    }
    precondition(
      destination.count == rows.count * tensor.bytesPerRow, "the destination has another size")
    try file.read(at: offset + rows.lowerBound * tensor.bytesPerRow, into: destination)
  }
}
