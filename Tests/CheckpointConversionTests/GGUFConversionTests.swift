import Foundation
import GGUF
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

  /// A fixture with other metadata, its tensors as they were but for some.
  private func rewritten(
    without dropped: [String] = [], change: (inout [(key: String, value: GGUFValue)]) -> Void,
    in folder: TemporaryFolder
  ) throws -> String {
    let source = try GGUFFile(path: Fixtures.path("gguf/f32.gguf"))
    var metadata = source.metadata
    change(&metadata)
    let tensors = source.tensors.filter { !dropped.contains($0.name) }
    var writer = try GGUFWriter(
      path: folder.path("m.gguf"), collision: .replace, metadata: metadata,
      entries: tensors.map { .init(name: $0.name, shape: $0.shape, type: .f32) })
    for tensor in tensors {
      try source.bytes(of: tensor).withUnsafeBytes { try writer.write($0) }
    }
    try writer.finish()
    return folder.path("m.gguf")
  }

  /// llama.cpp calls it a BERT too; there is nothing but the table to tell.
  @Test func `a model without token types is a DistilBERT`() throws {
    let folder = try TemporaryFolder()
    let checkpoint = try SourceCheckpoint(
      path: rewritten(without: ["token_types.weight"], change: { _ in }, in: folder))
    let encoder = checkpoint.plan.description.encoder
    #expect(encoder.family == .distilBERT && encoder.tokenTypeCount == 0)
    #expect(encoder.hiddenSize == 32 && encoder.layerCount == 1 && encoder.headCount == 2)
    #expect(encoder.intermediateSize == 64 && encoder.maximumPositions == 16)
    #expect(checkpoint.tokenizer?.tokens.count == 40)
    #expect(checkpoint.plan.created.map(\.name) == ["pooler.dense.weight", "pooler.dense.bias"])
    let original = try SourceCheckpoint(path: Fixtures.path("gguf/f32.gguf"))
    for binding in checkpoint.plan.bindings {
      guard let tensor = binding.origin.tensor else { continue }
      #expect(try checkpoint.source.bytes(of: tensor) == original.source.bytes(of: tensor))
    }
  }

  @Test func `neither token types nor DistilBERT's norms is nothing that is known`() throws {
    let folder = try TemporaryFolder()
    let path = try rewritten(
      without: ["token_types.weight"],
      change: { metadata in
        metadata = metadata.map {
          $0.key == GGUFKey.layerNormEpsilon ? ($0.key, .number(1e-5)) : $0
        }
      }, in: folder)
    let error = #expect(throws: GGUFError.self) { try SourceCheckpoint(path: path) }
    #expect(error?.tensor == "token_types.weight")
  }

  /// The converter of llama.cpp cuts the first rows of its positions off, so they begin in row 0.
  @Test func `a RoBERTa is the BERT that llama.cpp made of it, without its tokenizer`() throws {
    let folder = try TemporaryFolder()
    let path = try rewritten(
      change: { metadata in
        metadata = metadata.map {
          switch $0.key {
          case GGUFTokenizerKey.model: ($0.key, .string("gpt2"))
          case GGUFKey.layerNormEpsilon: ($0.key, .number(1e-5))
          default: $0
          }
        }
      }, in: folder)
    let checkpoint = try SourceCheckpoint(path: path)
    let encoder = checkpoint.plan.description.encoder
    #expect(encoder.family == .bert && encoder.layerNormEpsilon == 1e-5)
    #expect(encoder.maximumPositions == 16 && encoder.positionOffset == 0)
    #expect(checkpoint.tokenizer == nil)
    #expect(checkpoint.notes.contains { $0.contains("takes ids only: the file's is gpt2") })
  }

  @Test(arguments: [
    GGUFKey.layerCount, GGUFKey.hiddenSize, GGUFKey.headCount, GGUFKey.intermediateSize,
  ])
  func `a value that is missing is named, and nothing beside the file is asked for`(
    key: String
  ) throws {
    let folder = try TemporaryFolder()
    let path = try rewritten(change: { $0.removeAll { $0.key == key } }, in: folder)
    let error = #expect(throws: GGUFError.self) { try SourceCheckpoint(path: path) }
    #expect(error?.clause == .missingKey(key))
    #expect(error?.description.contains("config.json") == false)
  }

  @Test func `a contradiction is laid to the file that the configuration is in`() throws {
    let folder = try TemporaryFolder()
    let path = try rewritten(
      change: { metadata in
        metadata = metadata.map {
          $0.key == GGUFKey.layerCount ? ($0.key, .unsigned(7)) : $0
        }
      }, in: folder)
    let error = #expect(throws: ConversionError.self) { try SourceCheckpoint(path: path) }
    #expect(error?.description.contains("m.gguf says 7 layers") == true)
    #expect(error?.description.contains("config.json") == false)
  }

  @Test func `one of several files is refused with the way to join them`() throws {
    let folder = try TemporaryFolder()
    let path = try rewritten(
      change: { $0.append((GGUFKey.splitCount, .unsigned(3))) }, in: folder)
    let error = #expect(throws: GGUFError.self) { try SourceCheckpoint(path: path) }
    #expect(error?.clause == .split(3))
    #expect(error?.description.contains("llama-gguf-split --merge") == true)
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
