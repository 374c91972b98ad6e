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
