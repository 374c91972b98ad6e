import FineTuning
import Logging
import ModelFile
import RecurrentMemory
import TensorStorage
import Tokenizers
import WeightFile

/// A document as a model reads it: token ids without special tokens.
struct Document {
  /// Where it came from; `-` is standard input.
  let path: String
  /// The bytes' count and checksum, by which an interrupted document is recognised.
  let byteCount: Int
  let checksum: Checksum
  /// The tokens; at least one.
  let tokens: [Int32]

  /// Its name for people.
  var name: String { path == "-" ? "standard input" : path }

  /// Reads and tokenises a document; what is odd about it goes to the log.
  ///
  /// - Throws: `FileError`; ``CommandError/emptyDocument(path:)``; `Interrupted`.
  init(path: String, tokenizer: WordPieceTokenizer, log: Logger) throws {
    let bytes = try DocumentBytes.read(path)
    self.path = path
    byteCount = bytes.count
    checksum = bytes.withUnsafeBytes { Checksum(of: $0) }
    let name = path == "-" ? "standard input" : path
    let (text, encoding) = TextDecoder.decode(bytes)
    if encoding != .utf8 {
      log.notice("\(name) is not UTF-8 and was read as \(encoding.rawValue).")
    }
    tokens = tokenizer.encodeDocument(text)
    guard !tokens.isEmpty else { throw CommandError.emptyDocument(path: name) }
    let share = UnknownShare(of: tokens, unknown: tokenizer.specialTokens.unknown)
    if let note = share.note(place: name) { log.warning("\(note)") }
  }
}
