import Synchronization
import TensorStorage
import Tokenizers
import WeightFile

/// The tokenizer in a file, built when it is first asked for: its lookup tables take longer than
/// everything else about opening a model, and not every use of a model needs them.
final class StoredTokenizer: Sendable {
  private let weights: WeightFile
  let record: TokenizerRecord
  private let rowCount: Int
  private let built = Mutex<Tokenizer?>(nil)

  init(weights: WeightFile, record: TokenizerRecord, rowCount: Int) {
    self.weights = weights
    self.record = record
    self.rowCount = rowCount
  }

  /// Tokens of the vocabulary, counted without building the tokenizer.
  var tokenCount: Int {
    let bytes = weights.bytes(of: ModelFile.vocabularyName)
    return bytes?.count { $0 == UInt8(ascii: "\n") } ?? 0
  }

  /// The tokenizer; two threads that ask at once get the same one.
  func tokenizer() throws -> Tokenizer {
    try built.withLock { built in
      if let built { return built }
      let tokens = try tokens()
      guard tokens.count <= rowCount else {
        throw ModelFileError(
          path: weights.path,
          .vocabularyTooLong(tokenCount: tokens.count, rowCount: rowCount))
      }
      let tokenizer: Tokenizer
      switch record {
      case .wordPiece(let settings):
        tokenizer = try Tokenizer(
          vocabulary: WordPieceVocabulary(tokens: tokens, file: weights.path),
          settings: settings, file: weights.path)
      case .subword(let record):
        tokenizer = Tokenizer(try record.tokenizer(tables(tokens), file: weights.path))
      }
      built = tokenizer
      return tokenizer
    }
  }

  /// The tables beside the vocabulary; opening has checked their types and shapes.
  private func tables(_ tokens: [String]) -> SubwordRecord.Tables {
    func numbers<Number: FixedWidthInteger>(_ table: TokenizerTable, _: Number.Type) -> [Number] {
      guard let bytes = weights.bytes(of: table.rawValue) else { return [] }
      return (0..<bytes.count / MemoryLayout<Number>.size).map {
        Number(
          littleEndian: bytes.loadUnaligned(
            fromByteOffset: $0 * MemoryLayout<Number>.size, as: Number.self))
      }
    }
    let pairs = numbers(.merges, Int32.self)
    return SubwordRecord.Tables(
      tokens: tokens,
      merges: stride(from: 0, to: pairs.count, by: 2).map { (pairs[$0], pairs[$0 + 1]) },
      scores: numbers(.scores, UInt64.self).map(Double.init(bitPattern:)),
      characterMap: weights.bytes(of: TokenizerTable.characterMap.rawValue).map(Array.init))
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
