import Foundation
import JSON
import ModelFile
import ModelSchema
import Safetensors
import TensorStorage
import TestSupport
import Testing
import Tokenizers

@testable import CheckpointConversion

/// The way of BERT's relatives from a folder to a native file and back.
struct FamilyConversionTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// The tensors of a fixture.
  private func entries(_ name: String) throws -> [MemoryTensorSource.Entry] {
    let file = try SafetensorsFile(path: Fixtures.path("families/\(name)/model.safetensors"))
    return try file.tensors.map { .init($0.name, $0.shape, try file.floats(of: $0)) }
  }

  private func configuration(_ name: String) throws -> JSONObject {
    let path = Fixtures.path("families/\(name)/config.json")
    return try #require(try JSONValue(contentsOf: path, maximumByteCount: 1 << 20).object)
  }

  private func convert(
    _ entries: [MemoryTensorSource.Entry], _ configuration: JSONObject, to name: String = "m.rmtw"
  ) throws -> (model: ModelFile, report: ConversionReport) {
    try folder.writeCheckpoint(entries, configuration: .object(configuration))
    let report = try CheckpointConverter.convert(
      source: folder.path, to: folder.path(name), elementType: nil, collision: .replace)
    return (try ModelFile(path: report.path), report)
  }

  private func expectSameNumbers(_ first: ModelFile, _ second: ModelFile) throws {
    #expect(first.description == second.description)
    for parameter in first.parameters {
      #expect(
        try first.floats(of: parameter.name) == second.floats(of: parameter.name),
        "\(parameter.name)")
    }
  }

  @Test(arguments: FamilyGolden.names)
  func `wrappers, a missing prefix and heads of other tasks change nothing`(name: String) throws {
    let configuration = try configuration(name)
    let plain = try convert(entries(name), configuration).model
    #expect(plain.description.labels == ["yes", "no", "maybe"])
    let names = FamilyNames(plain.description.encoder.family, classifies: true)
    for prefix in ["", "module.", "model."] {
      var entries = try entries(name)
      for index in entries.indices {
        let isInside = entries[index].name.hasPrefix("\(names.encoder).")
        if prefix.isEmpty, isInside {
          entries[index].name.removeFirst(names.encoder.count + 1)
        } else {
          entries[index].name = prefix + entries[index].name
        }
      }
      for (module, _) in names.dropped {
        entries.append(.init("\(prefix)\(module).other.bias", [1], [0]))
      }
      let (model, report) = try convert(entries, configuration, to: "other.rmtw")
      try expectSameNumbers(plain, model)
      #expect(report.dropped.count == names.dropped.count && report.created.isEmpty)
    }
  }

  @Test(arguments: FamilyGolden.names)
  func `an encoder alone gets a pooler where its file has none`(name: String) throws {
    let configuration = try configuration(name)
    let family = try #require(configuration["model_type"]?.string)
    let inside = try entries(name).filter {
      !$0.name.contains("classifier") && !$0.name.hasPrefix("albert.pooler")
    }
    let (model, report) = try convert(inside, configuration)
    #expect(model.description.labels.isEmpty && model.description.encoder.family.rawValue == family)
    #expect(report.created.map(\.name) == ["pooler.dense.weight", "pooler.dense.bias"])
  }

  @Test func `a classifier's own layer comes before a pooler that nothing reads`() throws {
    let configuration = try configuration("roberta")
    var entries = try entries("roberta")
    let plain = try convert(entries, configuration).model
    entries.append(.init("roberta.pooler.dense.weight", [8, 8], .init(repeating: 7, count: 64)))
    entries.append(.init("roberta.pooler.dense.bias", [8], .init(repeating: 7, count: 8)))
    let (model, report) = try convert(entries, configuration, to: "other.rmtw")
    try expectSameNumbers(plain, model)
    #expect(report.dropped.map(\.reason) == .init(repeating: DroppedReason.unusedPooler, count: 2))
  }

  @Test(arguments: ["roberta", "electra"])
  func `a classifier of tokens is left out`(name: String) throws {
    var entries = try entries(name).filter { !$0.name.hasPrefix("classifier") }
    entries.append(.init("classifier.weight", [3, 8], .init(repeating: 0, count: 24)))
    let (model, report) = try convert(entries, configuration(name))
    #expect(model.description.labels.isEmpty)
    #expect(report.dropped.map(\.reason) == [DroppedReason.tokenClassifier])
  }

  @Test func `a configuration of other groups than the file has is refused`() throws {
    var configuration = try configuration("albert-groups")
    configuration["num_hidden_groups"] = 3
    let error = #expect(throws: ConversionError.self) {
      try convert(entries("albert-groups"), configuration)
    }
    #expect(
      error
        == .layerCount(
          path: folder.path("model.safetensors"), configured: 3, in: "config.json", found: 2))
  }

  @Test func `a wrong shape is explained in the family's own words`() throws {
    for (name, member) in [("distilbert", "dim"), ("albert", "embedding_size")] {
      var configuration = try configuration(name)
      configuration[member] = 4
      let error = #expect(throws: ConversionError.self) {
        try convert(entries(name), configuration)
      }
      #expect(error?.description.contains("\(member) 4") == true)
    }
  }

  @Test func `ALBERT's configuration of its first release serves weights of any format`() throws {
    var configuration = try configuration("albert")
    let plain = try convert(entries("albert"), configuration).model
    configuration["model_type"] = nil
    try FileManager.default.removeItem(atPath: folder.path("config.json"))
    try folder.write(
      JSONValue.object(configuration).serialized(pretty: true), to: "albert_config.json")
    let report = try CheckpointConverter.convert(
      source: folder.path("model.safetensors"), to: folder.path("other.rmtw"), elementType: nil,
      collision: .replace)
    let model = try ModelFile(path: report.path)
    try expectSameNumbers(plain, model)
    #expect(model.provenance.first?.sources.map(\.name).contains("albert_config.json") == true)
  }

  @Test func `the files of sentence-transformers change nothing`() throws {
    for (name, content) in [
      (
        "modules.json",
        #"[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]"#
      ),
      (
        "1_Pooling/config.json",
        #"{"word_embedding_dimension": 8, "pooling_mode_mean_tokens": true}"#
      ),
      ("sentence_bert_config.json", #"{"max_seq_length": 12, "do_lower_case": false}"#),
      ("config_sentence_transformers.json", #"{"__version__": {"pytorch": "2.0"}}"#),
      ("2_Normalize/empty", ""),
    ] { try folder.write(content, to: name) }
    for (name, prefix) in [("distilbert", "distilbert."), ("roberta", "roberta.")] {
      let inside = try entries(name).filter { $0.name.hasPrefix(prefix) }.map { entry in
        var entry = entry
        entry.name.removeFirst(prefix.count)
        return entry
      }
      let positions = MemoryTensorSource.Entry("embeddings.position_ids", integers: [0, 1])
      let (model, report) = try convert(inside + [positions], configuration(name))
      #expect(model.description.labels.isEmpty)
      #expect(report.dropped.map(\.name) == ["embeddings.position_ids"])
    }
  }
}
