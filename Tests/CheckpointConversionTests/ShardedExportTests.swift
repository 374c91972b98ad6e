import Foundation
import JSON
import ModelFile
import ModelSchema
import PyTorchCheckpoint
import Safetensors
import TensorStorage
import TestSupport
import Testing

@testable import CheckpointConversion

/// Folders for transformers' PyTorch classes, whole or in shards, with safetensors or PyTorch's files.
struct ShardedExportTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let memory = MemoryConfiguration(
    tokenCount: 3, segmentPositions: 12, alignment: .right)

  @discardableResult
  private func export(
    _ description: ModelDescription, _ layout: ExportLayout, shards: Int? = nil,
    isUntied: Bool = false, progress: (TransferProgress) throws -> Void = { _ in }
  ) throws -> ExportReport {
    let model = try DrawnModel.file(description, as: .f32, in: TemporaryFolder())
    return try CheckpointExporter.export(
      model: model, layout: layout, to: folder.path("out"), collision: .replace, elementType: nil,
      maximumShardByteCount: shards, isUntied: isUntied, progress: progress)
  }

  private func names(_ report: ExportReport) -> [String] {
    report.files.map(\.name).filter { ["model", "pytorch", "tf_"].contains(where: $0.hasPrefix) }
      .filter { !$0.hasSuffix(".py") }
  }

  private func index(_ name: String) throws -> JSONValue {
    try JSONValue(contentsOf: folder.path("out/\(name).index.json"), maximumByteCount: 1 << 20)
  }

  private static var masked: ModelDescription {
    ModelDescription(encoder: TinyBERT.encoder, memory: nil, labels: [], predictsMaskedTokens: true)
  }

  @Test func `tensors are divided as huggingface_hub divides them`() {
    func tensor(_ name: String, _ count: Int, sharedWith: String? = nil) -> ForeignTensor {
      var tensor = ForeignTensor(name, integers: .init(repeating: 0, count: count))
      tensor.sharedWith = sharedWith
      return tensor
    }
    // split_torch_state_dict_into_shards of huggingface_hub gives these parts at 80 bytes.
    let tensors = [
      tensor("e", 1), tensor("b", 6), tensor("c", 1), tensor("c.large", 11), tensor("d", 9),
      tensor("a", 4), tensor("again", 4, sharedWith: "a"),
    ]
    let plan = ShardPlan(
      tensors, names: ShardNames(of: "model.safetensors"), maximumByteCount: 80)
    #expect(
      plan.shards.map { $0.tensors.map(\.name) } == [
        ["a", "b", "again"], ["c.large"], ["c", "d"], ["e"],
      ])
    #expect(plan.shards[1].name == "model-00002-of-00004.safetensors")
    #expect(plan.index?.json["metadata"]?["total_size"]?.integer == 256)
    #expect(plan.index?.json["weight_map"]?["again"]?.string == "model-00001-of-00004.safetensors")
    let whole = ShardPlan(
      tensors, names: ShardNames(of: "model.safetensors"), maximumByteCount: 256)
    #expect(whole.shards.map(\.name) == ["model.safetensors"] && whole.index == nil)
  }

  @Test(arguments: [
    ("model.safetensors", true), ("model.safetensors.index.json", true),
    ("model-00001-of-00002.safetensors", true), ("model-123456-of-123456.safetensors", true),
    ("model-1-of-2.safetensors", false), ("model-00001-of-00002.bin", false),
    ("model-00001.safetensors", false), ("model-best.safetensors", false),
    ("modeling_rmt.py", false), ("pytorch_model.bin", false),
  ])
  func `a name is of the weights or it is not`(name: String, isOfWeights: Bool) {
    #expect(ShardNames(of: "model.safetensors").contains(name) == isOfWeights)
  }

  @Test(arguments: [
    (ExportLayout.huggingFace, "model", "safetensors"), (.pyTorch, "pytorch_model", "bin"),
  ])
  func `shards hold what the whole file holds, and the index says where`(
    layout: ExportLayout, stem: String, ending: String
  ) throws {
    let description = TinyBERT(labels: ["a", "b"], memory: Self.memory).description
    var last: TransferProgress?
    let report = try export(description, layout, shards: 400) { last = $0 }
    #expect(last != nil && last?.completedByteCount == last?.totalByteCount)
    let index = try index("\(stem).\(ending)")
    let map = try #require(index["weight_map"]?.object).members
    #expect(map.map(\.name) == map.map(\.name).sorted())
    #expect(map.count == report.tensorCount)
    let files = Set(map.compactMap(\.value.string))
    #expect(files.count > 2)
    #expect(Set(names(report)) == files.union(["\(stem).\(ending).index.json"]))
    var byteCount = 0
    for file in files {
      let source = try openTensorSource(folder.path("out/\(file)"))
      let held = source.tensors.reduce(0) { $0 + $1.byteCount }
      #expect(held <= 400 || source.tensors.count == 1)
      byteCount += held
      for tensor in source.tensors {
        #expect(index["weight_map"]?[tensor.name]?.string == file)
      }
    }
    #expect(index["metadata"]?["total_size"]?.integer == byteCount)
    #expect(index["metadata"]?["total_parameters"]?.integer == byteCount / 4)
  }

  @Test func `a layout has its own file, with the same names and numbers`() throws {
    let description = TinyBERT(labels: ["a", "b"], memory: Self.memory).description
    let first = try export(description, .huggingFace)
    let safetensors = try SafetensorsFile(path: folder.path("out/model.safetensors"))
    let second = try export(description, .pyTorch)
    #expect(names(first) == ["model.safetensors"] && names(second) == ["pytorch_model.bin"])
    #expect(second.files.contains { $0.name == "modeling_rmt.py" })
    let pyTorch = try PyTorchFile(path: folder.path("out/pytorch_model.bin"))
    #expect(Set(pyTorch.tensors) == Set(safetensors.tensors))
    for tensor in pyTorch.tensors {
      let twin = try #require(safetensors.tensor(named: tensor.name))
      #expect(try pyTorch.bytes(of: tensor) == safetensors.bytes(of: twin))
    }
  }

  @Test func `safetensors files say pt, are sorted and aligned`() throws {
    try export(TinyBERT(labels: ["a", "b"]).description, .huggingFace, shards: 400)
    let shards = try folder.bytesOfNames(in: "out", ending: ".safetensors")
    #expect(shards.count > 2)
    for bytes in shards {
      let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      #expect(length % 8 == 0)
      let header = try JSONValue(parsing: Array(bytes[8..<8 + length]), file: "header")
      #expect(header["__metadata__"]?["format"]?.string == "pt")
      let members = try #require(header.object).members.dropFirst()
      #expect(members.map(\.name) == members.map(\.name).sorted())
      let ends = members.compactMap { $0.value["data_offsets"]?.array?.last?.integer }
      #expect(ends == ends.sorted() && ends.last == bytes.count - 8 - length)
    }
  }

  @Test func `weights of an earlier export are not left to be taken for the new ones`() throws {
    let description = TinyBERT(labels: ["a", "b"]).description
    try export(description, .huggingFace)
    try folder.write("mine", to: "out/model-notes.txt")
    var present: [String] {
      get throws {
        try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).filter {
          $0.hasSuffix(".safetensors") || $0.hasSuffix(".bin") || $0.hasSuffix(".index.json")
            || $0.hasSuffix(".h5")
        }
      }
    }
    for (layout, shards) in [
      (ExportLayout.huggingFace, 400), (.huggingFace, 2000), (.pyTorch, 400), (.pyTorch, nil),
      (.huggingFace, nil), (.reference, nil), (.pyTorch, 300), (.tensorFlow, nil),
      (.pyTorch, nil),
    ] {
      let report = try export(description, layout, shards: shards)
      #expect(try Set(present) == Set(names(report)))
    }
    #expect(try folder.bytes("out/model-notes.txt") == Array("mine".utf8))
  }

  @Test func `the head that names masked tokens goes along, its decoder tied`() throws {
    let report = try export(Self.masked, .huggingFace)
    #expect(report.notes.allSatisfy { !$0.contains("masked") })
    let path = folder.path("out/config.json")
    let configuration = try JSONValue(contentsOf: path, maximumByteCount: 1 << 20)
    #expect(configuration["architectures"] == ["BertForMaskedLM"])
    // What transformers saves of its own class, but for the pooler, which that class lacks.
    let saved = try SafetensorsFile(
      path: Fixtures.path("hdf5/bert_for_masked_lm/model.safetensors")
    ).tensors.map(\.name).filter { !$0.contains(".layer.") || $0.contains(".layer.0.") }
    let found = try SafetensorsFile(path: folder.path("out/model.safetensors")).tensors.map(\.name)
      .filter { !$0.contains(".layer.1.") && !$0.contains("pooler") }
    #expect(Set(found) == Set(saved))
    #expect(!found.contains { $0.contains("decoder") })
  }

  @Test(arguments: [ExportLayout.huggingFace, .pyTorch])
  func `untied tensors have both their names and numbers of their own`(
    layout: ExportLayout
  ) throws {
    let name = "out/\(layout.weightsName)"
    let pairs = [
      ("cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight"),
      ("cls.predictions.decoder.bias", "cls.predictions.bias"),
    ]
    let tied = try export(Self.masked, layout)
    let tiedByteCount = try folder.bytes(name).count
    let untied = try export(Self.masked, layout, isUntied: true)
    let source = try openTensorSource(folder.path(name))
    for (second, first) in pairs {
      let both = [first, second].compactMap { name in source.tensors.first { $0.name == name } }
      try #require(both.count == 2)
      #expect(try source.bytes(of: both[0]) == source.bytes(of: both[1]))
    }
    // 11 rows of 4 numbers and 11 numbers; PyTorch's file has the names even when they are tied.
    #expect(try folder.bytes(name).count >= tiedByteCount + 220)
    #expect(untied.tensorCount - tied.tensorCount == (layout == .huggingFace ? 2 : 0))
    let report = try CheckpointConverter.convert(
      source: folder.path("out"), to: folder.path("back.rmtw"), elementType: nil,
      collision: .replace)
    #expect(report.created.isEmpty)
    #expect(
      report.dropped.map(\.reason).sorted() == pairs.map { "the same numbers as \($0.1)" }.sorted())
    #expect(report.description.predictsMaskedTokens)
  }

  @Test func `what has nothing to untie says so`() throws {
    let report = try export(TinyBERT(labels: ["a"]).description, .huggingFace, isUntied: true)
    #expect(report.notes.contains { $0.contains("nothing to untie") })
  }

  @Test func `the reference layout unties its PyTorch file`() throws {
    let description = TinyBERT(labels: ["a", "b"], memory: Self.memory).description
    try export(description, .reference)
    let tied = try folder.bytes("out/pytorch_model.bin").count
    let safetensors = try folder.bytes("out/model.safetensors")
    try export(description, .reference, isUntied: true)
    #expect(try folder.bytes("out/pytorch_model.bin").count > tied + 14 * 4 * 4)
    #expect(try folder.bytes("out/model.safetensors") == safetensors)
  }

  @Test func `a layout without shards or second names says so before anything is written`() throws {
    let description = TinyBERT().description
    for layout in [ExportLayout.reference, .tensorFlow, .tensorFlowVariables, .gguf] {
      #expect(throws: ExportError.shards(layout)) {
        try export(description, layout, shards: 1 << 20)
      }
    }
    for layout in [ExportLayout.tensorFlow, .tensorFlowVariables, .gguf] {
      #expect(throws: ExportError.untied(layout)) {
        try export(description, layout, isUntied: true)
      }
    }
    let error = #expect(throws: ExportError.shardByteCount(0)) {
      try export(description, .pyTorch, shards: 0)
    }
    #expect(error?.advice?.contains("one byte") == true)
    #expect(try folder.names.isEmpty)
  }

  @Test func `stopping between two shards leaves nothing`() throws {
    var count = 0
    #expect(throws: Interrupted.self) {
      try export(TinyBERT().description, .pyTorch, shards: 400) { _ in
        count += 1
        if count == 9 { throw Interrupted() }
      }
    }
    #expect(try folder.names.isEmpty)
  }
}

extension TemporaryFolder {
  /// The contents of the files in a folder of this one whose names end so.
  fileprivate func bytesOfNames(in name: String, ending: String) throws -> [[UInt8]] {
    try FileManager.default.contentsOfDirectory(atPath: path(name)).filter { $0.hasSuffix(ending) }
      .map { try bytes("\(name)/\($0)") }
  }
}
