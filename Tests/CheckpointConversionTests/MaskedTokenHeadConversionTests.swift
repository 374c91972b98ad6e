import ModelFile
import ModelSchema
import Safetensors
import TensorStorage
import TestSupport
import Testing

@testable import CheckpointConversion

/// The head that names masked tokens goes along when it is whole and its decoder is the table.
struct MaskedTokenHeadConversionTests {
  private let folder: TemporaryFolder
  private static let description = ModelDescription(
    encoder: TinyBERT.encoder, memory: nil, labels: [], predictsMaskedTokens: true)
  private static let head = ParameterCatalog(description).parameters.filter {
    $0.name.hasPrefix(ParameterCatalog.maskedTokenHeadPrefix)
  }

  init() throws { folder = try TemporaryFolder() }

  private static func numbers(_ count: Int, from first: Float = 0) -> [Float] {
    (0..<count).map { first + Float($0) }
  }

  /// A BertForPreTraining as older versions saved it: the decoder's two tensors are there.
  private static func pretraining(_ prefix: String = "") -> [MemoryTensorSource.Entry] {
    let model = TinyBERT()
    var entries = model.tensors(prefix: "\(prefix)bert.")
    for (index, parameter) in head.enumerated() {
      entries.append(
        .init(
          prefix + parameter.name, parameter.shape,
          numbers(parameter.shape.elementCount, from: Float(10 * index))))
    }
    entries.append(
      .init(
        "\(prefix)cls.predictions.decoder.weight", [11, 4], model.values(of: model.parameters[0])))
    entries.append(
      .init("\(prefix)cls.predictions.decoder.bias", [11], numbers(11, from: 40)))
    entries.append(.init("\(prefix)cls.seq_relationship.weight", [2, 4], numbers(8)))
    entries.append(.init("\(prefix)cls.seq_relationship.bias", [2], numbers(2)))
    return entries
  }

  private func plan(_ entries: [MemoryTensorSource.Entry]) throws -> ConversionPlan {
    try ConversionPlan(
      source: MemoryTensorSource(entries: entries),
      configuration: SourceConfiguration(TinyBERT().configuration(), path: "config.json"))
  }

  private func convert(_ entries: [MemoryTensorSource.Entry]) throws -> (String, ConversionReport) {
    try folder.writeCheckpoint(entries, configuration: TinyBERT().configuration())
    let path = folder.path("model.rmtw")
    let report = try CheckpointConverter.convert(
      source: folder.path, to: path, elementType: nil, collision: .replace)
    return (path, report)
  }

  @Test(arguments: ["", "module."])
  func `an old file with both tensors of the decoder gives the head once`(prefix: String) throws {
    let (path, report) = try convert(Self.pretraining(prefix))
    #expect(report.description.predictsMaskedTokens)
    #expect(
      Dictionary(uniqueKeysWithValues: report.dropped.map { ($0.name, $0.reason) }) == [
        "\(prefix)cls.predictions.decoder.weight":
          "the same numbers as \(prefix)bert.embeddings.word_embeddings.weight",
        "\(prefix)cls.predictions.decoder.bias":
          "the same numbers as \(prefix)cls.predictions.bias",
        "\(prefix)cls.seq_relationship.weight": DroppedReason.nextSentence,
        "\(prefix)cls.seq_relationship.bias": DroppedReason.nextSentence,
      ])
    let model = try ModelFile(path: path)
    for (index, parameter) in Self.head.enumerated() {
      let tensor = try #require(model.weights.tensor(named: parameter.name))
      #expect(
        try model.weights.floats(of: tensor)
          == Self.numbers(parameter.shape.elementCount, from: Float(10 * index)))
    }
  }

  @Test func `a file of today, without the decoder, gives the same model`() throws {
    let old = try plan(Self.pretraining())
    let new = try plan(Self.pretraining().filter { !$0.name.contains(".decoder.") })
    #expect(new.description == old.description && new.bindings == old.bindings)
    #expect(new.description.predictsMaskedTokens)
  }

  @Test func `a decoder's bias alone is the head's`() throws {
    let entries = Self.pretraining().filter { $0.name != "cls.predictions.bias" }
    let plan = try plan(entries)
    #expect(plan.description.predictsMaskedTokens)
    #expect(plan.bindings.last?.sourceName == "cls.predictions.decoder.bias")
  }

  @Test(arguments: ["decoder.weight", "decoder.bias"])
  func `a decoder of its own leaves the head behind, with the reason`(part: String) throws {
    var entries = Self.pretraining()
    let index = try #require(entries.firstIndex { $0.name.hasSuffix(part) })
    entries[index].bytes[1] ^= 0x40
    let plan = try plan(entries)
    #expect(!plan.description.predictsMaskedTokens)
    let reasons = Set(
      plan.dropped.filter { $0.name.contains(".predictions.") }.map(\.reason))
    #expect(reasons == [DroppedReason.untiedDecoder])
    #expect(plan.dropped.count { $0.name.contains(".predictions.") } == 7)
  }

  @Test(arguments: head.map(\.name))
  func `a head that lacks a tensor is left behind`(name: String) throws {
    let plan = try plan(
      Self.pretraining().filter { $0.name != name && !$0.name.contains(".decoder.") })
    #expect(!plan.description.predictsMaskedTokens)
    let dropped = plan.dropped.filter { $0.name.contains(".predictions.") }
    #expect(dropped.count == 4)
    #expect(dropped.allSatisfy { $0.reason == DroppedReason.maskedLanguageModel })
  }

  @Test(arguments: [false, true], [ExportLayout.huggingFace, .pyTorch])
  func `the head comes back from an export, its decoder tied or not`(
    isUntied: Bool, layout: ExportLayout
  ) throws {
    let (path, _) = try convert(Self.pretraining())
    let report = try CheckpointExporter.export(
      model: ModelFile(path: path), layout: layout, to: folder.path("export"),
      collision: .keepExisting, elementType: nil, isUntied: isUntied)
    #expect(!report.notes.contains { $0.contains("untie") })
    let exported = try openTensorSource(folder.path("export"))
    let decoder = exported.tensors.count { $0.name.contains(".decoder.") }
    #expect(decoder == (isUntied || layout == .pyTorch ? 2 : 0))
    let again = folder.path("again.rmtw")
    _ = try CheckpointConverter.convert(
      source: folder.path("export"), to: again, elementType: nil, collision: .keepExisting)
    let (first, second) = (try ModelFile(path: path), try ModelFile(path: again))
    #expect(first.description == second.description)
    for parameter in first.parameters {
      #expect(first.bytes(of: parameter).1.elementsEqual(second.bytes(of: parameter).1))
    }
  }

  @Test(arguments: [ExportLayout.tensorFlow, .tensorFlowVariables])
  func `the head comes back from TensorFlow's names`(layout: ExportLayout) throws {
    let (path, _) = try convert(Self.pretraining())
    _ = try CheckpointExporter.export(
      model: ModelFile(path: path), layout: layout, to: folder.path("export"),
      collision: .keepExisting, elementType: nil)
    let again = folder.path("again.rmtw")
    _ = try CheckpointConverter.convert(
      source: folder.path("export"), to: again, elementType: nil, collision: .keepExisting)
    let (first, second) = (try ModelFile(path: path), try ModelFile(path: again))
    try #require(second.description.predictsMaskedTokens)
    for parameter in first.parameters {
      #expect(first.bytes(of: parameter).1.elementsEqual(second.bytes(of: parameter).1))
    }
  }

  @Test func `a head behind a memory is left behind`() throws {
    var entries = Self.pretraining("model.")
    entries.append(.init("mem_token_ids", integers: [9, 10]))
    let plan = try plan(entries)
    #expect(plan.description.memory?.tokenCount == 2 && !plan.description.predictsMaskedTokens)
    #expect(plan.dropped.contains { $0.reason == DroppedReason.headBehindMemory })
  }
}
