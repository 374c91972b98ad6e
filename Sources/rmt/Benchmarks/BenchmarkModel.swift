import ArgumentParser
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import Tokenizers

/// The model that benchmarks read and train: an encoder of random numbers with memory and labels.
///
/// Speed does not depend on what the numbers are.
struct BenchmarkModel {
  /// Memory tokens m; the paper's ten.
  static let memoryTokenCount = 10
  /// Words that the model knows; BERT's.
  static let vocabularySize = 30_522

  /// The sizes.
  let shape: EncoderShape
  /// Positions of a segment.
  let positions: Int
  /// Dropout everywhere.
  let dropout: Double

  /// The model, with memory and two labels, and BERT's own constants.
  var description: ModelDescription {
    ModelDescription(
      encoder: encoder,
      memory: MemoryConfiguration(
        tokenCount: Self.memoryTokenCount, segmentPositions: positions, alignment: .right),
      labels: ["no", "yes"])
  }

  /// The encoder alone.
  var encoder: EncoderConfiguration {
    EncoderConfiguration(
      vocabularySize: Self.vocabularySize, hiddenSize: shape.hiddenSize,
      layerCount: shape.layerCount, headCount: shape.headCount,
      intermediateSize: shape.intermediateSize, activation: .gelu, maximumPositions: positions,
      tokenTypeCount: 2, layerNormEpsilon: 1e-12, hiddenDropout: dropout,
      attentionDropout: dropout, classifierDropout: dropout, initializerRange: 0.02)
  }

  /// Document tokens S of a segment of so many positions.
  static func segmentSize(positions: Int) -> Int {
    positions - memoryTokenCount - MemoryConfiguration.specialTokensPerSegment
  }

  /// Checks what `--positions` asks for.
  ///
  /// - Throws: `ValidationError` for a segment that holds no token, or one that is no segment.
  static func checkPositions(_ positions: Int) throws {
    let least = positions - segmentSize(positions: positions) + 1
    guard (least...16_384).contains(positions) else {
      throw ValidationError("--positions must lie between \(least) and 16384.")
    }
  }

  /// A tokenizer with as many words as the model.
  static func tokenizer() throws -> Tokenizer {
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    let words = (special.count..<vocabularySize).map { "word\($0)" }
    return try Tokenizer(
      vocabulary: WordPieceVocabulary(tokens: special + words, file: "the benchmark's vocabulary"),
      settings: WordPieceSettings(lowercases: true))
  }

  /// Writes a model's file: the one with memory unless another is given.
  func write(_ description: ModelDescription? = nil, to path: String) throws {
    let model = RandomModel(
      description: description ?? self.description, tokenizer: try Self.tokenizer(), seed: 0)
    try model.write(to: path, collision: .keepExisting) { _, _ in try Interruption.check() }
  }

  /// Opens the model from a file that nothing but this process has.
  func open() throws -> ModelFile {
    // A mapped file lives on without a name.
    try ScratchFolder.with { folder in
      try write(to: "\(folder)/model.rmtw")
      return try ModelFile(path: "\(folder)/model.rmtw")
    }
  }
}
