import FineTuning
import Logging
import ModelFile
import TensorStorage
import Tokenizers
import WeightFile

/// A document as a model reads it: token ids without special tokens.
struct Document {
  /// Where it came from; `-` is standard input.
  let path: String
  /// The bytes' count, by which together with ``checksum`` an interrupted document is recognised.
  let byteCount: Int
  private let text: DocumentText

  /// Its name for people.
  var name: String { path == "-" ? "standard input" : path }
  /// Checksum of the bytes.
  var checksum: Checksum { text.checksum }
  /// Tokens; at least one.
  var tokenCount: Int { text.tokenCount }

  /// Goes through a document and counts its tokens; what is odd about it goes to the log.
  ///
  /// - Throws: `FileError`; ``CommandError/emptyDocument(path:)``; `Interrupted`.
  init(path: String, tokenizer: Tokenizer, log: Logger) throws {
    self.path = path
    let name = path == "-" ? "standard input" : path
    let file = try DocumentBytes.open(path)
    byteCount = file.byteCount
    text = try DocumentText(file, name: name, tokenizer: tokenizer)
    if text.encoding != .utf8 {
      log.notice("\(name) is not UTF-8 and was read as \(text.encoding.rawValue).")
    }
    guard text.tokenCount > 0 else { throw CommandError.emptyDocument(path: name) }
    if let note = text.unknownShare.note(place: name) { log.warning("\(note)") }
  }

  /// The tokens from a place on.
  func tokens(from start: Int) -> DocumentTokens { DocumentTokens(text, from: start) }
}
