import Synchronization
import TensorStorage
import Tokenizers
import WeightFile

/// The tokenizer in a file, built when it is first asked for: its lookup tables take longer than
/// everything else about opening a model, and not every use of a model needs them.
final class StoredTokenizer: Sendable {
  private let weights: WeightFile
  let settings: WordPieceSettings
  private let rowCount: Int
  private let built = Mutex<WordPieceTokenizer?>(nil)

  init(weights: WeightFile, settings: WordPieceSettings, rowCount: Int) {
    self.weights = weights
    self.settings = settings
    self.rowCount = rowCount
  }

  /// Tokens of the vocabulary, counted without building the tokenizer.
  var tokenCount: Int {
    let bytes = weights.bytes(of: ModelFile.vocabularyName)
    return bytes?.count { $0 == UInt8(ascii: "\n") } ?? 0
  }

  /// The tokenizer; two threads that ask at once get the same one.
  func tokenizer() throws -> WordPieceTokenizer {
    try built.withLock { built in
      if let built { return built }
      let tokens = try tokens()
      guard tokens.count <= rowCount else {
        throw ModelFileError(
          path: weights.path,
          .vocabularyTooLong(tokenCount: tokens.count, rowCount: rowCount))
      }
      let tokenizer = try WordPieceTokenizer(
        vocabulary: WordPieceVocabulary(tokens: tokens, file: weights.path), settings: settings,
        file: weights.path)
      built = tokenizer
      return tokenizer
    }
  }

  /// The vocabulary's lines: every token is ended by a newline, so empty ones keep their ids.
  private func tokens() throws(ModelFileError) -> [String] {
    guard let bytes = weights.bytes(of: ModelFile.vocabularyName) else {
      throw ModelFileError(path: weights.path, .tokenizerParts)
    }
    let newline = UInt8(ascii: "\n")
    var tokens: [String] = []
    var start = 0
    while start < bytes.count {
      guard let end = bytes[start...].firstIndex(of: newline),
        let token = String(validating: bytes[start..<end], as: UTF8.self)
      else { throw ModelFileError(path: weights.path, .vocabularyLine(tokens.count + 1)) }
      tokens.append(token)
      start = end + 1
    }
    return tokens
  }
}
