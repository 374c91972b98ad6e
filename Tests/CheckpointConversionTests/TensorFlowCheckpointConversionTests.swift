import Foundation
import JSON
import ModelFile
import ModelSchema
import TensorFlowCheckpoint
import TensorStorage
import TestSupport
import Testing

@testable import CheckpointConversion

@Suite struct TensorFlowCheckpointConversionTests {
  private static func fixture(_ name: String) -> String { Fixtures.path("tensorflow/\(name)") }

  @Test(arguments: ["google", "google_classifier", "google_snappy", "google_shards", "objects"])
  func `every checkpoint of TensorFlow gives the numbers that transformers takes from it`(
    name: String
  ) throws {
    let comparison = try TruthComparison(
      checkpoint: Self.fixture(name),
      truth: Self.fixture(
        "truth/\(name == "google_classifier" ? name : "google").safetensors"))
    #expect(try comparison.largestDifference() == 0)
    let plan = comparison.checkpoint.plan
    #expect(plan.created.isEmpty)
    #expect(plan.dialect == (name == "objects" ? "tensorflow-objects" : "tensorflow-variables"))
    #expect(plan.description.labels.count == (name == "google_classifier" ? 3 : 0))
    #expect(!plan.dropped.contains { $0.reason == DroppedReason.unknown })
  }

  /// Google's program computes what it calls gelu by the approximation with tanh.
  @Test func `Google's gelu is the one by tanh, and that is said`() throws {
    let checkpoint = try SourceCheckpoint(path: Self.fixture("google"))
    #expect(checkpoint.plan.description.encoder.activation == .geluTanh)
    #expect(checkpoint.notes.contains { $0.contains("tanh") })
    #expect(checkpoint.tokenizer?.tokens.count == 40)
  }

  @Test func `the same file beside PyTorch weights means the one by erf`() throws {
    let folder = try TemporaryFolder()
    try folder.writeCheckpoint(TinyBERT().tensors(), configuration: TinyBERT().configuration())
    var object = TinyBERT.encoder.huggingFaceJSON
    object["model_type"] = nil
    try FileManager.default.removeItem(atPath: folder.path("config.json"))
    try folder.write(JSONValue.object(object).serialized(pretty: true), to: "bert_config.json")
    let checkpoint = try SourceCheckpoint(path: folder.path)
    #expect(checkpoint.plan.description.encoder.activation == .gelu)
  }

  @Test func `what a training left beside the weights is dropped with its reason`() throws {
    let plan = try SourceCheckpoint(path: Self.fixture("google")).plan
    let reasons = Dictionary(uniqueKeysWithValues: plan.dropped.map { ($0.name, $0.reason) })
    #expect(reasons["bert/pooler/dense/kernel/adam_m"] == DroppedReason.optimizer)
    #expect(reasons["global_step"] == DroppedReason.stepCount)
    #expect(
      reasons.keys.allSatisfy {
        !$0.hasPrefix("cls/predictions/") || $0.hasSuffix("_m") || $0.hasSuffix("_v")
      })
    #expect(reasons["cls/seq_relationship/output_weights"] == DroppedReason.nextSentence)
    let objects = try SourceCheckpoint(path: Self.fixture("objects")).plan.dropped.map(\.name)
    #expect(
      objects == ["save_counter/.ATTRIBUTES/VARIABLE_VALUE", "_CHECKPOINTABLE_OBJECT_GRAPH"])
  }

  @Test(arguments: [
    "google", "google/bert_model.ckpt", "google/bert_model.ckpt.index",
    "google/bert_model.ckpt.data-00000-of-00001", "objects", "objects/bert_model.ckpt-1",
  ])
  func `a checkpoint is found by its folder, its prefix and each of its files`(
    path: String
  ) throws {
    let location = try CheckpointLocation(path: Self.fixture(path))
    #expect(location.kind == .tensorFlowIndex)
    #expect(location.weights.hasSuffix(".index"))
    #expect(try openTensorSource(Self.fixture(path)) is TensorFlowCheckpoint)
  }

  @Test func `of several checkpoints the one that TensorFlow names is taken, and no path out`()
    throws
  {
    let folder = try TemporaryFolder()
    let index = try Data(
      contentsOf: URL(fileURLWithPath: Self.fixture("google/bert_model.ckpt.index")))
    for name in ["model.ckpt-1.index", "model.ckpt-2.index"] { try folder.write(index, to: name) }
    #expect(throws: OpeningError.self) { try CheckpointLocation(path: folder.path) }
    // The folder in which it was saved is another one; only the name counts.
    try folder.write("model_checkpoint_path: \"/gone/model.ckpt-2\"\n", to: "checkpoint")
    #expect(
      try CheckpointLocation(path: folder.path).weights == folder.path("model.ckpt-2.index"))
    for name in ["../model.ckpt-3", "..", "", "model.ckpt-3"] {
      try folder.write("model_checkpoint_path: \"\(name)\"\n", to: "checkpoint")
      #expect(throws: OpeningError.self) { try CheckpointLocation(path: folder.path) }
    }
  }

  @Test func `a checkpoint becomes a native file`() throws {
    let folder = try TemporaryFolder()
    let report = try CheckpointConverter.convert(
      source: Self.fixture("objects/bert_model.ckpt-1"), to: folder.path("out.rmtw"),
      elementType: nil, collision: .keepExisting)
    #expect(report.format == "TensorFlow checkpoint" && report.parameterCount == 39)
    let step = try #require(ModelFile(path: folder.path("out.rmtw")).provenance.first)
    #expect(step.sources.count == 4)  // index, data, bert_config.json, vocab.txt
  }
}
