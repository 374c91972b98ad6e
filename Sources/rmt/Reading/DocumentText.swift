import TensorStorage
import Tokenizers
import WeightFile

/// A document's text in parts of bounded size, each of which is tokenised by itself.
///
/// The text is gone through once to learn where its parts lie and how many tokens they have: where
/// the first segment ends depends on all of them. After that any part can be made again, on any
/// thread; no more than the parts in use is in memory, however long the document is. Parts end at
/// white space: text without any is one part.
struct DocumentText: Sendable {
  /// Some of the text.
  struct Part: Sendable {
    /// Its bytes in the file.
    let bytes: Range<Int>
    /// Checksum of these bytes.
    let checksum: Checksum
    /// Its tokens among the document's.
    let tokens: Range<Int>
  }

  /// Bytes of a part at most, unless there is no space among as many.
  static let partByteCount = 1 << 16

  /// How the bytes are read, all of them.
  let encoding: TextDecoder.Encoding
  /// The parts, in order.
  let parts: [Part]
  /// Checksum of all bytes.
  let checksum: Checksum
  /// How many tokens are unknown.
  let unknownShare: UnknownShare

  private let file: RandomAccessFile
  private let name: String
  private let tokenizer: Tokenizer

  /// Goes through a text.
  ///
  /// - Parameter name: what to call it in a message.
  /// - Throws: `FileError`; `Interrupted`.
  init(_ file: RandomAccessFile, name: String, tokenizer: Tokenizer) throws {
    if let text = try Self(file, .utf8, name: name, tokenizer: tokenizer) {
      self = text
    } else if let text = try Self(file, .windows1252, name: name, tokenizer: tokenizer) {
      self = text
    } else {
      preconditionFailure("bytes that are no Windows-1252")
    }
  }

  /// Goes through a text in an encoding; `nil` as soon as it is not well formed.
  private init?(
    _ file: RandomAccessFile, _ encoding: TextDecoder.Encoding, name: String,
    tokenizer: Tokenizer
  ) throws {
    self.file = file
    self.encoding = encoding
    self.name = name
    self.tokenizer = tokenizer
    var parts: [Part] = []
    var whole = StreamingChecksum()
    var share = UnknownShare()
    var (start, tokenCount) = (0, 0)
    while start < file.byteCount {
      try Interruption.check()
      let bytes = try Self.part(of: file, from: start, encoding, tokenizer)
      guard let text = TextDecoder.text(of: bytes, in: encoding, opensFile: start == 0) else {
        return nil
      }
      let ids = tokenizer.encodeDocument(text)
      share.add(ids, unknown: tokenizer.specialTokens.unknown)
      whole.update(bytes)
      parts.append(
        Part(
          bytes: start..<start + bytes.count, checksum: bytes.withUnsafeBytes { Checksum(of: $0) },
          tokens: tokenCount..<tokenCount + ids.count))
      start += bytes.count
      tokenCount += ids.count
    }
    self.parts = parts
    checksum = Checksum(whole.value)
    unknownShare = share
  }

  /// Tokens of all parts.
  var tokenCount: Int { parts.last?.tokens.upperBound ?? 0 }

  /// The tokens of a part.
  ///
  /// - Throws: ``CommandError`` when the file has changed; `FileError`.
  func tokens(ofPart index: Int) throws -> [Int32] {
    let part = parts[index]
    let bytes = try file.bytes(in: part.bytes)
    guard bytes.withUnsafeBytes({ Checksum(of: $0) }) == part.checksum,
      let text = TextDecoder.text(of: bytes, in: encoding, opensFile: index == 0)
    else {
      throw CommandError.badData(
        place: name, problem: "the document changed while it was read",
        advice: "Read a copy of it that stays as it is.")
    }
    return tokenizer.encodeDocument(text)
  }

  /// Bytes up to the last space in reach at which the tokenizer may part them; more where there is
  /// none.
  private static func part(
    of file: RandomAccessFile, from start: Int, _ encoding: TextDecoder.Encoding,
    _ tokenizer: Tokenizer
  ) throws(FileError) -> [UInt8] {
    let rest = file.byteCount - start
    var count = tokenizer.encodesPartwise ? min(rest, partByteCount) : rest
    while true {
      let bytes = try file.bytes(in: start..<start + count)
      if count == rest { return bytes }
      if let partCount = tokenizer.partByteCount(of: bytes, in: encoding) {
        return Array(bytes[..<partCount])
      }
      count = min(rest, 2 * count)
    }
  }
}
