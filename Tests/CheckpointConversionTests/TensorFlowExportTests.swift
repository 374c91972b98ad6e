import HDF5
import ModelFile
import ModelSchema
import Safetensors
import TensorStorage
import TestSupport
import Testing

@testable import CheckpointConversion

struct TensorFlowExportTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func convert(
    _ source: String, to name: String, as elementType: ElementType? = nil
  ) throws -> ModelFile {
    _ = try CheckpointConverter.convert(
      source: source, to: folder.path(name), elementType: elementType, collision: .replace)
    return try ModelFile(path: folder.path(name))
  }

  /// Converts a fixture, exports it as TensorFlow's and converts that again.
  private func roundTrip(_ fixture: String) throws -> (ModelFile, ModelFile, ExportReport) {
    let first = try convert(Fixtures.path(fixture), to: "first.rmtw")
    let report = try CheckpointExporter.export(
      model: first, layout: .tensorFlow, to: folder.path("out"), collision: .keepExisting,
      elementType: nil)
    return (first, try convert(folder.path("out"), to: "second.rmtw"), report)
  }

  @Test(arguments: ["hdf5/bert_model", "hdf5/bert_for_sequence_classification", "bert-tiny"])
  func `a round trip keeps every number`(fixture: String) throws {
    let (first, second, report) = try roundTrip(fixture)
    #expect(first.description == second.description)
    for parameter in first.parameters {
      #expect(
        try first.floats(of: parameter.name) == second.floats(of: parameter.name),
        "\(parameter.name)")
    }
    #expect(report.files.contains { $0.name == "tf_model.h5" })
    #expect(!report.files.contains { $0.name == "model.safetensors" })
  }

  @Test func `layers and variables have the names that TensorFlow wrote`() throws {
    _ = try roundTrip("hdf5/bert_for_sequence_classification")
    let ours = try HDF5File(path: folder.path("out/tf_model.h5"))
    let theirs = try HDF5File(
      path: Fixtures.path("hdf5/bert_for_sequence_classification/tf_model.h5"))
    #expect(Set(ours.tensors) == Set(theirs.tensors))
    for tensor in theirs.tensors {
      #expect(try ours.bytes(of: tensor) == theirs.bytes(of: tensor), "\(tensor.name)")
    }
    let layers = try ours.kerasLayers()
    #expect(layers.map(\.name) == ["bert", "classifier", "top_level_model_weights"])
    #expect(layers[0].weights.count == 39 && layers[1].weights.count == 2)
    #expect(try ours.attribute(named: "backend", at: "") == .strings(["tensorflow"]))
  }

  @Test func `the head that names masked tokens is TensorFlow's to the bit`() throws {
    let fixture = Fixtures.path("hdf5/bert_for_masked_lm")
    let weights = try SafetensorsFile(path: fixture + "/model.safetensors")
    var description = try convert(fixture, to: "encoder.rmtw").description
    description.predictsMaskedTokens = true
    var writer = try ModelFileWriter(
      path: folder.path("m.rmtw"), collision: .keepExisting, description: description,
      tokenizer: nil, provenance: [], elementType: .f32)
    for parameter in writer.parameters {
      // The class has no pooler.
      let tensor =
        weights.tensor(named: parameter.name) ?? weights.tensor(named: "bert." + parameter.name)
      let floats =
        try tensor.map(weights.floats) ?? [Float](repeating: 0, count: parameter.shape.elementCount)
      try floats.withUnsafeBufferPointer { try writer.write(floats: $0) }
    }
    try writer.finish()
    _ = try CheckpointExporter.export(
      model: ModelFile(path: folder.path("m.rmtw")), layout: .tensorFlow,
      to: folder.path("out"), collision: .keepExisting, elementType: nil)
    let ours = try HDF5File(path: folder.path("out/tf_model.h5"))
    let theirs = try HDF5File(path: fixture + "/tf_model.h5")
    let layers = try ours.kerasLayers()
    #expect(layers.map(\.name) == ["bert", "mlm___cls", "top_level_model_weights"])
    #expect(layers[1].weights.count == 5)
    for tensor in ours.tensors where !tensor.name.contains("/pooler/") {
      let twin = try #require(theirs.tensor(named: tensor.name), "\(tensor.name)")
      #expect(try ours.bytes(of: tensor) == theirs.bytes(of: twin), "\(tensor.name)")
    }
  }

  @Test func `memory travels in the word embeddings, and that is said`() throws {
    let memory = MemoryConfiguration(tokenCount: 3, segmentPositions: 16, alignment: .right)
    let tiny = TinyBERT(labels: ["no", "yes"], memory: memory)
    let model = try tiny.modelFile(in: folder)
    let report = try CheckpointExporter.export(
      model: model, layout: .tensorFlow, to: folder.path("out"), collision: .keepExisting,
      elementType: nil)
    #expect(report.notes.contains { $0.contains("memory") })
    let file = try HDF5File(path: folder.path("out/tf_model.h5"))
    let table = try #require(file.tensors.first { $0.name.hasSuffix("word_embeddings/weight:0") })
    #expect(table.shape == [14, 4])
    let back = try convert(folder.path("out"), to: "back.rmtw")
    #expect(back.description == model.description)
    #expect(
      try back.floats(of: "memory.initial") == model.floats(of: "memory.initial"))
  }

  @Test func `f16 is written, bf16 refused with the way out`() throws {
    let model = try convert(Fixtures.path("bert-tiny"), to: "m.rmtw", as: .bf16)
    func export(_ type: ElementType?, to name: String) throws -> HDF5File {
      _ = try CheckpointExporter.export(
        model: model, layout: .tensorFlow, to: folder.path(name), collision: .keepExisting,
        elementType: type)
      return try HDF5File(path: folder.path(name + "/tf_model.h5"))
    }
    #expect(try export(.f16, to: "f16").tensors.allSatisfy { $0.elementType == .f16 })
    #expect(try export(nil, to: "f32").tensors.allSatisfy { $0.elementType == .f32 })
    let error = #expect(throws: ExportError.elementType(.bf16, .tensorFlow)) {
      try export(.bf16, to: "bf16")
    }
    #expect(error?.advice?.contains("f16") == true)
  }
}
