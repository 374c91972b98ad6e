import JSON
import ModelSchema
import TensorStorage
import Testing

@testable import CheckpointConversion

struct ConversionPlanTests {
  private func plan(
    _ entries: [MemoryTensorSource.Entry], _ changes: JSONObject = [:]
  ) throws -> ConversionPlan {
    try ConversionPlan(
      source: MemoryTensorSource(entries: entries),
      configuration: SourceConfiguration(
        TinyBERT().configuration(changes), path: "config.json"))
  }

  @Test func `a bare encoder fills every parameter`() throws {
    let plan = try plan(TinyBERT().tensors())
    #expect(plan.bindings.map(\.parameter) == TinyBERT().parameters)
    #expect(plan.dropped.isEmpty && plan.created.isEmpty && plan.notes.isEmpty)
  }

  @Test func `every source tensor is mapped or dropped`() throws {
    var entries = TinyBERT().tensors(prefix: "bert.")
    entries.append(.init("cls.predictions.bias", [11], .init(repeating: 0, count: 11)))
    entries.append(.init("bert.embeddings.position_ids", integers: [0, 1]))
    entries.append(.init("something.else", [1], [0]))
    let plan = try plan(entries)
    let used = Set(plan.bindings.compactMap { $0.origin.tensor?.name })
    #expect(used.union(plan.dropped.map(\.name)) == Set(entries.map(\.name)))
    #expect(used.isDisjoint(with: plan.dropped.map(\.name)))
    #expect(plan.notes.count == 1)
  }

  @Test func `a missing pooler is created, half a pooler is damage`() throws {
    var entries = TinyBERT().tensors().filter { !$0.name.hasPrefix("pooler") }
    let created = try plan(entries)
    #expect(created.created.map(\.name) == ["pooler.dense.weight", "pooler.dense.bias"])
    #expect(created.bindings.contains { $0.origin == .normal(standardDeviation: 0.02) })
    #expect(created.bindings.contains { $0.origin == .zeros })
    entries.append(.init("pooler.dense.bias", [4], [0, 0, 0, 0]))
    #expect(
      throws: ConversionError.missingTensor(
        path: "memory", name: "pooler.dense.weight", shape: [4, 4], count: 1)
    ) { try plan(entries) }
  }

  @Test func `a missing tensor is named with its shape`() throws {
    let entries = TinyBERT().tensors().filter {
      $0.name != "encoder.layer.1.intermediate.dense.weight"
    }
    #expect(
      throws: ConversionError.missingTensor(
        path: "memory", name: "encoder.layer.1.intermediate.dense.weight", shape: [6, 4], count: 1)
    ) { try plan(entries) }
  }

  @Test func `another number of layers is a contradiction of the configuration`() throws {
    #expect(
      throws: ConversionError.layerCount(path: "memory", configured: 5, in: "config.json", found: 2)
    ) {
      try plan(TinyBERT().tensors(), ["num_hidden_layers": 5])
    }
    #expect(
      throws: ConversionError.layerCount(path: "memory", configured: 1, in: "config.json", found: 2)
    ) {
      try plan(TinyBERT().tensors(), ["num_hidden_layers": 1])
    }
  }

  @Test func `a wrong shape names the tensor, both shapes and the configuration's members`() throws
  {
    let error = #expect(throws: ConversionError.self) {
      try plan(TinyBERT().tensors(), ["vocab_size": 12])
    }
    let text = error?.description ?? ""
    #expect(text.contains("embeddings.word_embeddings.weight") && text.contains("[12, 4]"))
    #expect(text.contains("[11, 4]") && text.contains("vocab_size 12"))
  }

  @Test func `another network is not a BERT`() throws {
    let error = #expect(throws: ConversionError.self) {
      try plan([.init("transformer.wte.weight", [11, 4], .init(repeating: 0, count: 44))])
    }
    #expect(error?.description.contains("transformer.wte.weight") == true)
    let other = #expect(throws: ConfigurationError.self) {
      try plan(TinyBERT().tensors(), ["model_type": "gpt2"])
    }
    #expect(other?.description.contains("gpt2") == true)
  }

  @Test func `two tensors for one parameter must be the same numbers`() throws {
    var entries = TinyBERT().tensors(prefix: "bert.")
    let pooler = TinyBERT().tensors().filter { $0.name == "pooler.dense.bias" }
    entries += pooler
    #expect(
      try plan(entries).dropped.map(\.reason) == ["the same numbers as bert.pooler.dense.bias"])
    entries[entries.count - 1].bytes[3] ^= 1
    #expect(
      throws: ConversionError.ambiguousParameter(
        path: "memory", name: "pooler.dense.bias", first: "bert.pooler.dense.bias",
        second: "pooler.dense.bias")
    ) { try plan(entries) }
  }

  @Test func `an adapter is refused`() throws {
    let entries =
      TinyBERT().tensors() + [.init("encoder.layer.0.output.adapter.down.weight", [1], [0])]
    #expect(throws: ConversionError.self) { try plan(entries) }
  }

  @Test func `numbers that are no floats are refused`() throws {
    var entries = TinyBERT().tensors()
    let index = try #require(entries.firstIndex { $0.name == "pooler.dense.bias" })
    entries[index].elementType = .i32
    #expect(
      throws: ConversionError.elementType(path: "memory", tensor: "pooler.dense.bias", type: .i32)
    ) { try plan(entries) }
  }

  @Test func `a classifier brings the configuration's labels or numbered ones`() throws {
    let entries = TinyBERT(labels: ["x", "y", "z"]).tensors(prefix: "bert.")
    let names: JSONValue = ["1": "no", "0": "yes", "2": "maybe"]
    #expect(try plan(entries, ["id2label": names]).description.labels == ["yes", "no", "maybe"])
    let unnamed = try plan(entries)
    #expect(unnamed.description.labels == ["LABEL_0", "LABEL_1", "LABEL_2"])
    #expect(unnamed.notes.count == 1)
    let error = #expect(throws: ConversionError.self) {
      try plan(entries, ["id2label": ["0": "a", "1": "b"]])
    }
    #expect(error?.place == "config.json: id2label")
  }

  @Test func `a classifier of tokens is not taken for one of documents`() throws {
    let entries = TinyBERT(labels: ["x", "y"]).tensors(prefix: "bert.")
    let plan = try plan(entries, ["architectures": ["BertForTokenClassification"]])
    #expect(plan.description.labels.isEmpty)
    #expect(plan.dropped.map(\.name) == ["classifier.weight", "classifier.bias"])
  }

  @Test func `half a classifier is damage`() throws {
    let entries = TinyBERT(labels: ["x", "y"]).tensors().filter { $0.name != "classifier.weight" }
    #expect(throws: ConversionError.self) { try plan(entries) }
  }

  @Test func `the reference layout's memory is the end of the word embeddings`() throws {
    var entries = TinyBERT().tensors(prefix: "model.bert.")
    entries.append(.init("mem_token_ids", integers: [9, 10]))
    let plan = try plan(entries)
    #expect(plan.description.encoder.vocabularySize == 9)
    #expect(
      plan.description.memory
        == MemoryConfiguration(tokenCount: 2, segmentPositions: 16, alignment: .right))
    let memory = try #require(plan.bindings.first { $0.parameter.role == .memory })
    #expect(memory.parameter.shape == [2, 4])
    #expect(memory.origin == .rows(try #require(plan.bindings[0].origin.tensor), from: 9))
    #expect(plan.notes.count == 1)
    entries[entries.count - 1] = .init("mem_token_ids", integers: [0, 1])
    #expect(throws: ConversionError.self) { try self.plan(entries) }
  }

  @Test(
    arguments: [
      ["memory_tokens": 0, "segment_positions": 16, "alignment": "right"],
      ["memory_tokens": 2, "segment_positions": 5, "alignment": "right"],
      ["memory_tokens": 2, "segment_positions": 17, "alignment": "right"],
      ["memory_tokens": 2, "segment_positions": 16, "alignment": "diagonal"],
      ["memory_tokens": 12, "segment_positions": 16, "alignment": "left"],
      "ten",
    ] as [JSONValue])
  func `memory settings that cannot be are refused`(settings: JSONValue) {
    #expect(throws: ConversionError.self) {
      try plan(TinyBERT().tensors(), ["rmt": settings])
    }
  }
}
