import HDF5
import JSON
import ModelFile
import ModelSchema
import RecurrentMemory
import Safetensors
import TensorStorage
import TestSupport
import Testing
import Tokenizers

@testable import CheckpointConversion

/// BERT's relatives as folders that transformers opens.
struct FamilyExportTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func export(
    _ model: ModelFile, _ layout: ExportLayout = .huggingFace, to name: String = "out"
  ) throws -> ExportReport {
    try CheckpointExporter.export(
      model: model, layout: layout, to: folder.path(name), collision: .replace, elementType: nil)
  }

  private func configuration(_ name: String = "out") throws -> JSONValue {
    try JSONValue(contentsOf: folder.path("\(name)/config.json"), maximumByteCount: 1 << 20)
  }

  /// The golden's model with its memory and a tokenizer.
  private func recurrentModel(_ golden: FamilyGolden) throws -> ModelFile {
    let tokens = TinyBERT.vocabulary + (0..<13).map { "w\($0)" }
    let tokenizer = try Tokenizer(
      vocabulary: WordPieceVocabulary(tokens: tokens, file: "test"),
      settings: WordPieceSettings(lowercases: true))
    var writer = try ModelFileWriter(
      path: folder.path("recurrent.rmtw"), collision: .replace, description: golden.description,
      tokenizer: tokenizer, provenance: [], elementType: .f32)
    for parameter in writer.parameters {
      let values =
        parameter.role == .memory
        ? try golden.numbers("memory.initial").map { Float($0) }
        : try golden.model.floats(of: parameter.name)
      try values.withUnsafeBufferPointer { try writer.write(floats: $0) }
    }
    try writer.finish()
    return try ModelFile(path: folder.path("recurrent.rmtw"))
  }

  @Test(arguments: FamilyGolden.names)
  func `the folder holds what transformers saved, number by number`(name: String) throws {
    let golden = try FamilyGolden(name)
    _ = try export(golden.model)
    let found = try SafetensorsFile(path: folder.path("out/model.safetensors"))
    let expected = try SafetensorsFile(path: Fixtures.path("families/\(name)/model.safetensors"))
    #expect(Set(found.tensors) == Set(expected.tensors))
    for tensor in expected.tensors {
      let twin = try #require(found.tensor(named: tensor.name))
      #expect(try found.floats(of: twin) == expected.floats(of: tensor), "\(tensor.name)")
    }
    let saved = try JSONValue(
      contentsOf: Fixtures.path("families/\(name)/config.json"), maximumByteCount: 1 << 20)
    for member in try #require(try configuration().object).members
    where saved[member.name] != nil {
      #expect(member.value == saved[member.name], "\(member.name)")
    }
  }

  @Test(arguments: FamilyGolden.names)
  func `a model with memory comes back the same`(name: String) throws {
    let model = try recurrentModel(FamilyGolden(name))
    _ = try export(model)
    let report = try CheckpointConverter.convert(
      source: folder.path("out"), to: folder.path("back.rmtw"), elementType: nil,
      collision: .keepExisting)
    #expect(report.notes.isEmpty && report.dropped.isEmpty && report.created.isEmpty)
    let back = try ModelFile(path: folder.path("back.rmtw"))
    #expect(back.description == model.description)
    for parameter in model.parameters {
      #expect(
        try back.floats(of: parameter.name) == model.floats(of: parameter.name),
        "\(parameter.name)")
    }
  }

  @Test(arguments: [
    ("distilbert", "DistilBertForSequenceClassification", nil),
    ("roberta", "RobertaForSequenceClassification", nil),
    ("electra", "ElectraForSequenceClassification", "electra.embeddings_project"),
    ("electra-wide", "ElectraForSequenceClassification", nil),
    (
      "albert", "AlbertForSequenceClassification", "albert.encoder.embedding_hidden_mapping_in"
    ),
  ])
  func `the recurrence stands on the family's own classifier`(
    name: String, classifier: String, projection: String?
  ) throws {
    let report = try export(recurrentModel(FamilyGolden(name)))
    #expect(report.files.map(\.name).contains("modeling_rmt.py"))
    let text = String(decoding: try folder.bytes("out/modeling_rmt.py"), as: UTF8.self)
    #expect(text.contains("from transformers import \(classifier)\n"))
    #expect(text.contains("class RMTForSequenceClassification(\(classifier)):"))
    let configuration = try configuration()
    #expect(configuration["rmt"]?["memory_enters_behind"]?.string == projection)
    // Memory is in the table of words, or beside it.
    #expect(configuration["vocab_size"]?.integer == (projection == nil ? 26 : 24))
    let weights = try SafetensorsFile(path: folder.path("out/model.safetensors"))
    #expect(weights.tensor(named: "initial_memory")?.shape == (projection == nil ? nil : [2, 8]))
  }

  @Test(arguments: [("distilbert", "DistilBertModel"), ("electra", "ElectraModel")])
  func `an encoder without classes has no pooler that its class lacks`(
    name: String, architecture: String
  ) throws {
    let golden = try FamilyGolden(name)
    var description = golden.model.description
    description.labels = []
    var writer = try ModelFileWriter(
      path: folder.path("bare.rmtw"), collision: .replace, description: description,
      tokenizer: nil, provenance: [], elementType: .f32)
    for parameter in writer.parameters {
      try golden.model.floats(of: parameter.name).withUnsafeBufferPointer {
        try writer.write(floats: $0)
      }
    }
    try writer.finish()
    _ = try export(ModelFile(path: folder.path("bare.rmtw")))
    #expect(try configuration()["architectures"] == [.string(architecture)])
    let found = try SafetensorsFile(path: folder.path("out/model.safetensors")).tensors.map(\.name)
    let classes = try #require(try FamilyGolden.facts()["classes"]?[architecture]?["names"]?.array)
    let firstLayer = found.filter { !$0.contains(".layer.1.") && !$0.contains(".layer.2.") }
    #expect(Set(firstLayer) == Set(classes.compactMap(\.string)))
  }

  @Test(arguments: FamilyGolden.encoderNames)
  func `the folder for TensorFlow has the data sets of the family's class`(name: String) throws {
    let model = try FamilyGolden(name).model
    _ = try export(model, .tensorFlow)
    let family = model.description.encoder.family
    // BERT's own are in Tests/Fixtures/hdf5.
    guard family != .bert else { return }
    let facts = try JSONValue(
      contentsOf: Fixtures.path("families_tensorflow.json"), maximumByteCount: 1 << 20)
    let expected = try #require(
      facts["classes"]?["TF\(family.className)ForSequenceClassification"]?["shapes"]?.object
    ).members.map(\.name).filter { name != "electra-wide" || !$0.contains("embeddings_project") }
    // The list is of classes with one layer.
    let found = try HDF5File(path: folder.path("out/tf_model.h5")).tensors.map(\.name).filter {
      $0.firstMatch(of: /layer(_groups)?_\._[1-9]/) == nil
    }
    #expect(Set(found) == Set(expected))
  }

  @Test func `TensorFlow's classes carry a memory among the words, and no other`() throws {
    let model = try recurrentModel(FamilyGolden("distilbert"))
    _ = try export(model, .tensorFlow)
    let file = try HDF5File(path: folder.path("out/tf_model.h5"))
    let table = try #require(
      file.tensors.first { $0.name.hasSuffix("word_embeddings/weight:0") })
    #expect(table.shape == [26, 8])
    let other = try recurrentModel(FamilyGolden("albert"))
    let error = #expect(throws: ExportError.family(path: other.path, .albert, .tensorFlow)) {
      try export(other, .tensorFlow, to: "other")
    }
    #expect(error?.problem.contains("memory") == true)
  }

  @Test(arguments: [ExportLayout.reference, .tensorFlowVariables, .gguf])
  func `a layout that is BERT's alone refuses a relative and says which ones are not`(
    layout: ExportLayout
  ) throws {
    let model = try FamilyGolden("albert").model
    let error = #expect(throws: ExportError.family(path: model.path, .albert, layout)) {
      try export(model, layout)
    }
    #expect(error?.advice?.hasPrefix("Choose the layout huggingface or pytorch, or tens") == true)
    #expect(try folder.names.isEmpty)
  }
}
