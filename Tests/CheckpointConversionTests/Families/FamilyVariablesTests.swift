import Foundation
import ModelFile
import ModelSchema
import TestSupport
import Testing

@testable import CheckpointConversion

/// Google's TensorFlow checkpoints of ALBERT and ELECTRA (Tests/Fixtures/generate_tensorflow_relatives.py);
/// that their numbers are right, the matrix of conversions shows.
struct FamilyVariablesTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func convert(_ name: String) throws -> ConversionReport {
    try CheckpointConverter.convert(
      source: Fixtures.path("tensorflow/\(name)"), to: folder.path("\(name).rmtw"),
      elementType: nil, collision: .keepExisting)
  }

  @Test func `ALBERT's configuration is read as Google's program reads it`() throws {
    let report = try convert("albert")
    let encoder = report.description.encoder
    #expect(encoder.family == .albert && encoder.layerCount == 4 && encoder.layerGroupCount == 2)
    #expect(encoder.embeddingWidth == 6 && encoder.hiddenSize == 8)
    #expect(encoder.activation == .geluTanh)
    #expect(report.notes.contains { $0.contains("albert_config.json says gelu") })
    #expect(report.created.isEmpty)
    let reasons = Set(report.dropped.map(\.reason))
    #expect(
      reasons == [
        DroppedReason.maskedLanguageModel, DroppedReason.nextSentence, DroppedReason.optimizer,
        DroppedReason.stepCount,
      ])
  }

  @Test func `ELECTRA's discriminator is taken and its deeper generator left out`() throws {
    let report = try convert("electra")
    let encoder = report.description.encoder
    #expect(encoder.family == .electra && encoder.layerCount == 2)
    #expect(encoder.activation == .gelu)
    // Its program has no pooler; ours is drawn, as in a file of transformers.
    #expect(report.created.map(\.name) == ["pooler.dense.weight", "pooler.dense.bias"])
    let generator = report.dropped.filter { $0.reason == DroppedReason.generator }.map(\.name)
    #expect(generator.contains("generator/encoder/layer_2/output/dense/kernel"))
    #expect(generator.allSatisfy { $0.hasPrefix("generator") })
    #expect(report.dropped.contains { $0.reason == DroppedReason.replacedTokens })
    #expect(!report.dropped.contains { $0.reason == DroppedReason.unknown })
  }

  @Test func `every parameter has a variable of its own`() throws {
    for family in [EncoderFamily.bert, .albert, .electra] {
      let name = family == .bert ? "google" : family.rawValue
      let catalog = ParameterCatalog(try convert(name).description).parameters
      let dialect = Dialect.tensorFlowVariables(family)
      let spellings = catalog.flatMap { dialect.spell($0).map(\.name) }
      #expect(Set(spellings).count == spellings.count)
      let unspelt = catalog.filter { dialect.spell($0).isEmpty }.map(\.name)
      #expect(unspelt == (family == .electra ? ["pooler.dense.weight", "pooler.dense.bias"] : []))
    }
  }
}
