import TensorStorage
import Tokenizers

/// Reads text files as token ids and remembers what was odd about them.
struct TextFileReader {
  /// The largest file that is read, in bytes: it is held whole while it is tokenised.
  static let maximumByteCount = 1 << 30

  private var tokenizer: DocumentTokenizer
  private var foreignFiles: [String] = []
  private var binaryFiles: [String] = []

  init(tokenizer: Tokenizer) {
    self.tokenizer = DocumentTokenizer(tokenizer)
  }

  /// The tokens of a file without special ones; `nil` when it has NUL bytes and so is no text.
  mutating func read(_ path: String) throws -> [Int32]? {
    let file = try RandomAccessFile(path: path)
    guard file.byteCount <= Self.maximumByteCount else {
      throw BackgroundError.tooLarge(
        path: path, byteCount: file.byteCount, maximumByteCount: Self.maximumByteCount)
    }
    let bytes = try file.bytes(in: 0..<file.byteCount)
    guard !bytes.contains(0) else {
      binaryFiles.append(path)
      return nil
    }
    let decoded = TextDecoder.decode(bytes)
    if decoded.encoding == .windows1252 { foreignFiles.append(path) }
    return tokenizer.encode(decoded.text)
  }

  /// How much of everything read was unknown to the vocabulary.
  var unknownShare: UnknownShare { tokenizer.unknownShare }

  /// Sentences on everything odd so far.
  func notes(place: String) -> [DataNote] {
    func sentence(_ files: [String], _ one: String, _ many: String) -> [DataNote] {
      guard let first = files.first else { return [] }
      return [
        DataNote(
          files.count == 1
            ? "\(first) \(one)."
            : "\(files.count) text files \(many), the first is \(first).")
      ]
    }
    let unknown = tokenizer.unknownShare.note(place: place)
    return sentence(
      foreignFiles, "is not UTF-8 and was read as Windows-1252",
      "are not UTF-8 and were read as Windows-1252")
      + sentence(
        binaryFiles, "has NUL bytes, is no text and was left out",
        "have NUL bytes, are no text and were left out")
      + (unknown.map { [$0] } ?? [])
  }
}
