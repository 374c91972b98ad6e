import JSON
import ModelSchema
import TensorStorage
import TestSupport
import Tokenizers
import WeightFile

@testable import ModelFile

/// A model of a few thousand numbers, each of which tells where it belongs.
enum ExampleModel {
  static let tokens = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b", "", "\u{E9}", "e\u{301}",
  ]

  static let description = ModelDescription(
    encoder: EncoderConfiguration(
      vocabularySize: 12, hiddenSize: 8, layerCount: 2, headCount: 2, intermediateSize: 16,
      activation: .gelu, maximumPositions: 16, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
      hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1, initializerRange: 0.02),
    memory: MemoryConfiguration(tokenCount: 2, segmentPositions: 16, alignment: .right),
    labels: ["yes", "no"])

  static let provenance = [
    ProvenanceStep(
      verb: "convert", toolVersion: "1.2.3",
      sources: [
        ProvenanceStep.Source(name: "model.safetensors", byteCount: 42, checksum: Checksum(7))
      ],
      dialect: "huggingface",
      dropped: [ProvenanceStep.Tensor(name: "cls.predictions.bias", reason: "masked-LM head")],
      created: [ProvenanceStep.Tensor(name: "pooler.dense.weight", reason: "not in the source")],
      options: ["dtype": "f32"], seed: nil),
    ProvenanceStep(
      verb: "attach", toolVersion: "1.2.3", sources: [], dialect: nil, dropped: [], created: [],
      options: ["memoryTokens": 2, "scale": 0.5], seed: .max),
  ]

  static func tokenizer() throws -> Tokenizer {
    try Tokenizer(
      vocabulary: WordPieceVocabulary(tokens: tokens, file: "vocab.txt"),
      settings: WordPieceSettings(lowercases: false))
  }

  /// Number `index` of the model; no two neighbours are the same, and all of them fit a half.
  static func value(_ index: Int) -> Float { Float(index % 1021) / 64 - 8 }

  static var values: [Float] {
    (0..<ParameterCatalog(description).elementCount).map(value)
  }

  /// Writes the model; returns its path.
  static func write(
    in folder: TemporaryFolder, name: String = "model.rmtw", elementType: ElementType = .f32,
    hasTokenizer: Bool = true, pieceElementCount: Int = 1000
  ) throws -> String {
    let path = folder.path(name)
    var writer = try ModelFileWriter(
      path: path, collision: .keepExisting, description: description,
      tokenizer: hasTokenizer ? tokenizer() : nil, provenance: provenance,
      elementType: elementType)
    let values = values
    var start = 0
    while start < values.count {
      let piece = Array(values[start..<min(start + pieceElementCount, values.count)])
      let result = piece.withUnsafeBufferPointer { buffer in
        Result { try writer.write(floats: buffer) }
      }
      try result.get()
      start += pieceElementCount
    }
    try writer.finish()
    return path
  }
}
