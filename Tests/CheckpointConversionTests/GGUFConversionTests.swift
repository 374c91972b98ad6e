import Foundation
import JSON
import ModelSchema
import TensorStorage
import TestSupport
import Testing

@testable import CheckpointConversion

@Suite struct GGUFConversionTests {
  @Test(arguments: ["f32", "f16", "bf16", "q8_0"])
  func `a GGUF file alone gives the numbers that gguf reads from it`(name: String) throws {
    let comparison = try TruthComparison(
      checkpoint: Fixtures.path("gguf/\(name).gguf"),
      truth: Fixtures.path("gguf/truth/\(name).safetensors"))
    #expect(try comparison.largestDifference() == 0)
    let plan = comparison.checkpoint.plan
    #expect(plan.dialect == "gguf" && plan.dropped.isEmpty)
    #expect(plan.created.map(\.name) == ["pooler.dense.weight", "pooler.dense.bias"])
    #expect(
      plan.description.encoder
        == EncoderConfiguration(
          vocabularySize: 40, hiddenSize: 32, layerCount: 1, headCount: 2, intermediateSize: 64,
          activation: .gelu, maximumPositions: 16, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
          hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1,
          initializerRange: 0.02))
    #expect(comparison.checkpoint.notes.contains { $0.contains("erf") })
  }

  @Test func `the tokenizer comes out of the file`() throws {
    let tokenizer = try #require(
      SourceCheckpoint(path: Fixtures.path("gguf/f16.gguf")).tokenizer)
    let words = try String(
      contentsOf: URL(fileURLWithPath: Fixtures.path("tensorflow/google/vocab.txt")),
      encoding: .utf8)
    #expect(tokenizer.tokens == words.split(separator: "\n").map(String.init))
    #expect(tokenizer.wordPiece?.settings.lowercases == true)
  }

  @Test func `a model of another family is refused by name`() throws {
    let folder = try TemporaryFolder()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("gguf/f16.gguf")))
    let name = try #require(bytes.firstRange(of: Data("\u{4}\0\0\0\0\0\0\0bert".utf8)))
    var other = bytes
    other.replaceSubrange(name, with: Data("\u{4}\0\0\0\0\0\0\0gpt2".utf8))
    try folder.write(other, to: "m.gguf")
    let error = #expect(throws: ConfigurationError.self) { try SourceCheckpoint(path: folder.path) }
    #expect(error?.description.contains("gpt2") == true)
  }
}
