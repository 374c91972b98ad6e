import Foundation
import ModelFile
import Safetensors
import TensorStorage
import TestSupport
import Testing
import WeightFile

@testable import CheckpointConversion

struct PyTorchConversionTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let recurrent = Fixtures.path("pytorch/recurrent")

  @Test(arguments: ["model_best.pth", "stream.pth", ""])
  func `a trained recurrent classifier becomes a model with its memory`(name: String) throws {
    let path = folder.path("model.rmtw")
    let report = try CheckpointConverter.convert(
      source: "\(Self.recurrent)/\(name)", to: path, elementType: nil, collision: .keepExisting)
    #expect(report.dialect == "rmt-reference")
    #expect(report.description.memory?.tokenCount == 3)
    #expect(report.description.encoder.vocabularySize == 60)
    #expect(report.description.labels.count == 6)
    #expect(report.created.isEmpty)
    #expect(report.dropped.contains { $0.name == "optimizer_state_dict" })
    #expect(report.dropped.contains { $0.name == "model.bert.embeddings.position_ids" })

    let truth = try SafetensorsFile(path: Self.recurrent + "/truth.safetensors")
    let model = try ModelFile(path: path)
    let memory = try #require(model.weights.tensor(named: "memory.initial"))
    let table = try #require(truth.tensor(named: "model.bert.embeddings.word_embeddings.weight"))
    let tableBytes = try truth.bytes(of: table)
    #expect(try model.weights.bytes(of: memory) == Array(tableBytes.suffix(3 * 16 * 4)))
    let others = model.weights.tensors.filter {
      $0.name != "memory.initial" && !$0.name.hasPrefix("tokenizer.")
    }
    #expect(others.count == 41)
    for tensor in others {
      let prefix = tensor.name.hasPrefix("classifier") ? "model." : "model.bert."
      let found = truth.tensor(named: prefix + tensor.name)
      let original = try #require(found)
      let expected = try truth.bytes(of: original)
      #expect(
        try model.weights.bytes(of: tensor) == Array(expected.prefix(tensor.byteCount)),
        "\(tensor.name)")
    }
  }

  @Test func `an exported model comes back from its pytorch_model.bin as it was`() throws {
    let first = folder.path("first.rmtw")
    _ = try CheckpointConverter.convert(
      source: Self.recurrent, to: first, elementType: nil, collision: .keepExisting)
    _ = try CheckpointExporter.export(
      model: ModelFile(path: first), layout: .reference, to: folder.path("exported"),
      collision: .keepExisting, elementType: nil)
    try FileManager.default.removeItem(atPath: folder.path("exported/model.safetensors"))
    let second = folder.path("second.rmtw")
    let report = try CheckpointConverter.convert(
      source: folder.path("exported"), to: second, elementType: nil, collision: .keepExisting)
    #expect(report.format == "PyTorch archive")
    let (before, after) = (try WeightFile(path: first), try WeightFile(path: second))
    #expect(before.tensors == after.tensors)
    for tensor in before.tensors {
      #expect(try before.bytes(of: tensor) == after.bytes(of: tensor))
    }
  }
}
