import Foundation
import HDF5
import JSON
import ModelFile
import ModelSchema
import Safetensors
import ShardedCheckpoint
import TensorStorage
import TestSupport
import Testing
import ZipArchive

@testable import CheckpointConversion

/// Checkpoints that keras-hub, keras-bert, bert4keras and transformers wrote, against the weights that
/// these libraries hold.
struct KerasConversionTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @discardableResult
  private func convert(_ source: String, to name: String = "m.rmtw") throws -> ConversionReport {
    try CheckpointConverter.convert(
      source: source, to: folder.path(name), elementType: .f32, collision: .replace)
  }

  /// Copies a fixture, so that files can be changed.
  private func copy(_ fixture: String) throws -> String {
    let path = folder.path("copy")
    try FileManager.default.copyItem(atPath: Fixtures.path(fixture), toPath: path)
    return path
  }

  private func expectTruth(_ truthPath: String) throws {
    let truth = try SafetensorsFile(path: truthPath)
    let model = try ModelFile(path: folder.path("m.rmtw"))
    for parameter in model.parameters {
      let expected = try #require(
        truth.tensor(named: parameter.name) ?? truth.tensor(named: "bert." + parameter.name))
      #expect(
        try model.floats(of: parameter.name) == truth.floats(of: expected), "\(parameter.name)")
    }
  }

  @Test(arguments: [
    ("hub_preset", "", "keras-hub"), ("hub_archive", "/bert.keras", "keras-hub"),
    ("hub_archive", "", "keras-hub"), ("hub_task_preset", "", "keras-hub-task"),
    ("hub_classifier", "/classifier.keras", "keras-hub-task"),
    ("hub_bfloat16", "", "keras-hub"), ("hub_shards", "", "keras-hub"),
    ("keras_bert_model", "/bert.h5", "keras-bert"),
    ("keras_bert_weights", "", "keras-bert"), ("bert4keras_weights", "", "bert4keras"),
  ])
  func `a library's checkpoint gives its weights`(
    name: String, file: String, dialect: String
  ) throws {
    let report = try convert(Fixtures.path("keras/\(name)\(file)"))
    #expect(report.dialect == dialect && report.created.isEmpty)
    try expectTruth(Fixtures.path("keras/\(name).safetensors"))
  }

  @Test(arguments: [
    ("hub_preset", EncoderConfiguration.Activation.geluTanh, 1e-12),
    ("hub_archive", .geluTanh, 1e-12), ("hub_bfloat16", .geluTanh, 1e-12),
    ("keras_bert_model", .geluTanh, 1e-14), ("keras_bert_weights", .geluTanh, 1e-14),
    ("bert4keras_weights", .gelu, 1e-7),
  ])
  func `a library's activation and epsilon are taken over`(
    name: String, activation: EncoderConfiguration.Activation, epsilon: Double
  ) throws {
    let encoder = try convert(Fixtures.path("keras/\(name)")).description.encoder
    #expect(encoder.activation == activation)
    #expect(abs(encoder.layerNormEpsilon / epsilon - 1) < 1e-6)
    #expect(encoder.headCount == 2 && encoder.layerCount == 2 && encoder.maximumPositions == 32)
  }

  @Test func `a preset's tokenizer comes along`() throws {
    let report = try convert(Fixtures.path("keras/hub_preset"))
    #expect(report.tokenCount == 60)
    let tokenizer = try #require(try ModelFile(path: folder.path("m.rmtw")).tokenizer())
    #expect(tokenizer.encode("MARY went") == [9, 10])
    #expect(tokenizer.wordPiece?.settings.stripsAccents == false)
  }

  @Test func `a task's classifier is not its pooler`() throws {
    let report = try convert(Fixtures.path("keras/hub_classifier/classifier.keras"))
    #expect(report.description.labels == ["LABEL_0", "LABEL_1", "LABEL_2"])
  }

  @Test func `a preset's head of another task is left out with a note`() throws {
    let path = try copy("keras/hub_task_preset")
    let task = try String(contentsOfFile: path + "/task.json", encoding: .utf8)
    try folder.write(
      task.replacing("\"BertTextClassifier\"", with: "\"BertMaskedLM\""), to: "copy/task.json")
    let report = try convert(path)
    #expect(report.description.labels.isEmpty && report.dialect == "keras-hub")
    #expect(report.notes.contains { $0.contains("BertMaskedLM") })
  }

  @Test func `shards of Keras, whose index lists groups, lack nothing`() throws {
    let report = try convert(Fixtures.path("keras/hub_shards"))
    #expect(report.format == "sharded HDF5" && report.notes.count == 1)
    #expect(report.notes[0].contains("no tokenizer"))
    let path = try copy("keras/hub_shards")
    try FileManager.default.removeItem(atPath: path + "/model_00001.weights.h5")
    let error = try #require(throws: ShardIndexError.self) { try convert(path) }
    #expect(clauseName(error.clause) == "missingShard")
  }

  @Test func `shards give the weights of the whole file`() throws {
    let report = try convert(Fixtures.path("hdf5/bert_sharded/tf_model.h5.index.json"))
    #expect(report.format == "sharded HDF5" && report.dialect == "tensorflow")
    try expectTruth(Fixtures.path("hdf5/bert_sharded/model.safetensors"))
  }

  @Test func `a folder of shards is found`() throws {
    let path = try copy("hdf5/bert_sharded")
    try FileManager.default.removeItem(atPath: path + "/model.safetensors")
    try convert(path)
    try expectTruth(Fixtures.path("hdf5/bert_sharded/model.safetensors"))
  }

  @Test func `embeddings that a head repeats with other numbers are refused`() throws {
    let path = try copy("hdf5/bert_for_masked_lm")
    try FileManager.default.removeItem(atPath: path + "/model.safetensors")
    let file = try HDF5File(path: path + "/tf_model.h5")
    let name = "mlm___cls/tf_bert_for_masked_lm/bert/embeddings/LayerNorm/beta:0"
    let tensor = try #require(file.tensor(named: name))
    var bytes = try folder.bytes("copy/tf_model.h5")
    // The second copy's first number: its bytes are found behind those of the first copy.
    let values = try file.bytes(of: tensor)
    let places = bytes.indices.filter { bytes[$0...].starts(with: values) }
    #expect(places.count == 2)
    bytes[try #require(places.last)] ^= 1
    try folder.write(bytes, to: "copy/tf_model.h5")
    let error = try #require(throws: ConversionError.self) { try convert(path) }
    guard case .ambiguousParameter(_, "embeddings.LayerNorm.bias", _, _) = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test func `weights of Keras without a configuration say what is missing`() throws {
    let path = try copy("keras/keras_bert_weights")
    try FileManager.default.removeItem(atPath: path + "/bert_config.json")
    let error = try #require(throws: OpeningError.self) { try convert(path) }
    #expect(error.description.contains("bert_config.json"))
  }

  @Test func `another backbone of keras-hub is named`() throws {
    let path = try copy("keras/hub_preset")
    let text = try String(contentsOfFile: path + "/config.json", encoding: .utf8)
    try folder.write(
      text.replacing("BertBackbone", with: "AlbertBackbone"), to: "copy/config.json")
    let error = try #require(throws: ConversionError.self) { try convert(path) }
    #expect(error.problem.contains("AlbertBackbone"))
    try folder.write(text.replacing("num_heads", with: "heads"), to: "copy/config.json")
    let missing = try #require(throws: ConversionError.self) { try convert(path) }
    #expect(missing.place?.hasSuffix("config.num_heads") == true)
  }

  @Test func `an archive is Keras's whichever member comes first`() throws {
    let archive = try ZipArchive(path: Fixtures.path("keras/hub_archive/bert.keras"))
    var writer = try ZipArchiveWriter(path: folder.path("bert.keras"), collision: .keepExisting)
    try writer.add("assets/tokenizer/notes.txt", Array("first".utf8))
    for member in archive.members {
      try writer.add(member.name, archive.bytes(of: member, maximumByteCount: 1 << 20))
    }
    try writer.finish()
    #expect(try CheckpointKind(ofFile: folder.path("bert.keras")) == .zipArchive)
    let report = try convert(folder.path("bert.keras"))
    #expect(report.format == "Keras archive" && report.dialect == "keras-hub")
    try expectTruth(Fixtures.path("keras/hub_archive.safetensors"))
  }

  @Test func `an archive without its weights is refused`() throws {
    let whole = try [UInt8](
      Data(contentsOf: URL(fileURLWithPath: Fixtures.path("keras/hub_archive/bert.keras"))))
    // Both the member's own header and the directory spell the name.
    let old = Array("model.weights.h5".utf8)
    var bytes = whole
    for place in bytes.indices where bytes[place...].starts(with: old) {
      bytes.replaceSubrange(place..<place + old.count, with: Array("model.weights.no".utf8))
    }
    let path = try folder.write(bytes, to: "bert.keras")
    let error = try #require(throws: HDF5Error.self) { try KerasArchive(path: path) }
    #expect(clauseName(error.clause) == "missingMember")
    try HostileFile.keep(path, format: "keras", clause: "missingMember")
    let cut = try folder.write(whole.dropLast(9), to: "cut.keras")
    #expect(throws: ZipError.self) { try KerasArchive(path: cut) }
  }
}
