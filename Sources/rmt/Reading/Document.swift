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
  private let content: Content

  private enum Content {
    case text(DocumentText)
    case ids([Int32], Checksum)
  }

  /// Its name for people.
  var name: String { path == "-" ? "standard input" : path }
  /// Checksum of the bytes.
  var checksum: Checksum {
    switch content {
    case .text(let text): text.checksum
    case .ids(_, let checksum): checksum
    }
  }
  /// Tokens; at least one.
  var tokenCount: Int {
    switch content {
    case .text(let text): text.tokenCount
    case .ids(let ids, _): ids.count
    }
  }

  /// Goes through a document and counts its tokens; what is odd about it goes to the log.
  ///
  /// - Throws: `FileError`; ``CommandError/emptyDocument(path:)``; `Interrupted`.
  init(path: String, tokenizer: Tokenizer, log: Logger) throws {
    self.path = path
    let name = path == "-" ? "standard input" : path
    let file = try DocumentBytes.open(path)
    byteCount = file.byteCount
    let text = try DocumentText(file, name: name, tokenizer: tokenizer)
    content = .text(text)
    if text.encoding != .utf8 {
      log.notice("\(name) is not UTF-8 and was read as \(text.encoding.rawValue).")
    }
    guard text.tokenCount > 0 else { throw CommandError.emptyDocument(path: name) }
    if let note = text.unknownShare.note(place: name) { log.warning("\(note)") }
  }

  /// A document of ids, without the tokens around segments among them.
  ///
  /// - Throws: ``CommandError/emptyDocument(path:)``.
  init(ids input: EncoderInput) throws(CommandError) {
    path = input.name
    let ids = input.documentTokens
    guard !ids.isEmpty else { throw .emptyDocument(path: path) }
    byteCount = ids.count * MemoryLayout<Int32>.stride
    content = .ids(ids, ids.withUnsafeBytes { Checksum(of: $0) })
  }

  /// The tokens from a place on.
  func tokens(from start: Int) -> DocumentTokens {
    switch content {
    case .text(let text): DocumentTokens(text, from: start)
    case .ids(let ids, _): DocumentTokens(ids, from: start)
    }
  }
}
