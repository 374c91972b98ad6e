import JSON
import TensorStorage

/// A native weight file, mapped and ready: opening reads the header alone.
///
/// Opening checks every rule of `Specification.md` that the header can break, so the tensors of an
/// open file lie inside it, aligned and apart. Whether their bytes are intact is for
/// ``verify(progress:)``, which reads everything. A file must not be shortened while it is mapped:
/// the system would end the process at the first touch of a lost page. Writers of this package
/// replace files and never shorten them.
public final class WeightFile: TensorSource {
  /// Where the file is.
  public let path: String
  /// What the file is for: `model`, `training`.
  public let kind: String
  /// The kind's own description.
  public let metadata: JSONObject
  /// Bytes of the whole file.
  public let byteCount: Int
  /// Every tensor, in the order of the data.
  public let tensors: [TensorDescription]

  let file: MappedFile
  let preamble: WeightFilePreamble
  let entries: [WeightFileHeader.Entry]
  private let positions: [[UInt8]: Int]

  /// Maps a file and reads its header.
  ///
  /// - Throws: `FileError` when it cannot be opened, ``WeightFileError`` when it breaks a rule.
  public init(path: String) throws {
    file = try MappedFile(path: path)
    preamble = try WeightFilePreamble(of: file.bytes, path: path)
    let header = try WeightFileHeader(of: file.bytes, preamble: preamble, path: path)
    self.path = path
    kind = header.kind
    metadata = header.metadata
    byteCount = file.bytes.count
    entries = header.entries
    positions = header.positions
    tensors = header.entries.map(\.tensor)
  }

  /// The format's name.
  public var formatName: String { "rmtw" }
  /// This file alone.
  public var sourcePaths: [String] { [path] }

  /// The tensor of that exact name, if there is one.
  public func tensor(named name: String) -> TensorDescription? {
    positions[Array(name.utf8)].map { tensors[$0] }
  }

  /// A tensor's bytes, aligned to 64; valid while this object lives.
  public func bytes(of name: String) -> UnsafeRawBufferPointer? {
    positions[Array(name.utf8)].map {
      UnsafeRawBufferPointer(rebasing: file.bytes[entries[$0].bytes])
    }
  }

  /// Reads a tensor's bytes into memory now, so that nobody waits for a page of it later.
  public func loadMemory(of name: String) {
    if let bytes = bytes(of: name) { file.loadMemory(of: bytes) }
  }

  /// Lets go of the memory that a tensor's bytes were read into; they are read again when touched.
  public func releaseMemory(of name: String) {
    if let bytes = bytes(of: name) { file.releaseMemory(of: bytes) }
  }

  /// Where in the file a tensor's bytes are.
  public func byteRange(of name: String) -> Range<Int>? {
    positions[Array(name.utf8)].map { entries[$0].bytes }
  }

  /// The checksum that the file states for a tensor.
  public func checksum(of name: String) -> Checksum? {
    positions[Array(name.utf8)].map { entries[$0].checksum }
  }

  /// Copies rows of a tensor; a tensor that is not this file's, or rows beyond it, trap.
  public func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard let bytes = bytes(of: tensor.name), self.tensor(named: tensor.name) == tensor else {
      preconditionFailure("\(path) has no tensor \(tensor.name) of that shape")
    }
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rowCount,
      "rows \(rows) of a tensor with \(tensor.shape.rowCount)")
    let start = rows.lowerBound * tensor.bytesPerRow
    let end = rows.upperBound * tensor.bytesPerRow
    precondition(destination.count == end - start, "source and destination differ")
    destination.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
  }
}
