import Foundation
import ONNX
import TensorStorage
import TestSupport
import Testing

@testable import CheckpointConversion

@Suite struct ONNXConversionTests {
  @Test(arguments: ["folded", "unfolded", "dynamic", "merged", "numbered", "typed"])
  func `every export of torch's gives the numbers of the model that was exported`(
    name: String
  ) throws {
    let truth = name == "merged" ? "merged" : "model"
    let comparison = try TruthComparison(
      checkpoint: Fixtures.path("onnx/\(name)"),
      truth: Fixtures.path("onnx/truth/\(truth).safetensors"))
    #expect(try comparison.largestDifference() == 0)
    let plan = comparison.checkpoint.plan
    #expect(plan.created.isEmpty && plan.bindings.count == 41)
    #expect(plan.description.labels.count == 3)
  }

  @Test(arguments: [
    "distilbert", "distilbert-dynamic", "roberta", "roberta-dynamic", "electra", "albert",
  ])
  func `an export of a relative gives the numbers of the model that was exported`(
    name: String
  ) throws {
    let family = try #require(name.split(separator: "-").first)
    let checkpoint = try SourceCheckpoint(path: Fixtures.path("onnx/\(name)"))
    let original = try SourceCheckpoint(path: Fixtures.path("families/\(family)"))
    let plan = checkpoint.plan
    #expect(plan.description == original.plan.description && plan.dialect == "onnx")
    #expect(plan.created.isEmpty && plan.bindings.count == original.plan.bindings.count)
    for (found, expected) in zip(plan.bindings, original.plan.bindings) {
      var numbers: [[Float]] = [[], []]
      try ParameterReader(source: checkpoint.source).read(found) { numbers[0] += $0 }
      try ParameterReader(source: original.source).read(expected) { numbers[1] += $0 }
      #expect(numbers[0] == numbers[1], "\(found.parameter.name)")
    }
  }

  @Test func `a repository's folder for ONNX takes configuration and tokenizer from above`() throws
  {
    let folder = try TemporaryFolder()
    let source = URL(fileURLWithPath: Fixtures.path("onnx/folded"))
    let repository = URL(fileURLWithPath: folder.path)
    let inner = repository.appendingPathComponent("onnx")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    for (name, place) in [("model.onnx", inner), ("config.json", repository)] {
      try FileManager.default.copyItem(
        at: source.appendingPathComponent(name), to: place.appendingPathComponent(name))
    }
    for path in [inner.path, inner.appendingPathComponent("model.onnx").path] {
      let location = try CheckpointLocation(path: path)
      #expect(location.folder == folder.path && location.kind == .onnx)
      #expect(try SourceCheckpoint(path: path).plan.bindings.count == 41)
    }
    // A folder that has its own configuration asks for no other.
    try FileManager.default.copyItem(
      at: source.appendingPathComponent("config.json"),
      to: inner.appendingPathComponent("config.json"))
    #expect(try CheckpointLocation(path: inner.path).folder == inner.path)
  }

  @Test func `equal layers are stored once and found twice`() throws {
    let file = try ONNXFile(path: Fixtures.path("onnx/merged/model.onnx"))
    #expect(file.tensors.contains { $0.name.hasPrefix("bert.encoder.layer.0.output.dense.k") })
    #expect(file.tensors.contains { $0.name.hasPrefix("bert.encoder.layer.1.output.dense.k") })
  }

  @Test func `a table that the exporter folded away is named, with the way out`() throws {
    let error = #expect(throws: ONNXError.self) {
      try SourceCheckpoint(path: Fixtures.path("onnx/static"))
    }
    #expect(error.map { clauseName($0.clause) } == "foldedTable")
    #expect(error?.description.contains("dynamic_shapes") == true)
  }
}
