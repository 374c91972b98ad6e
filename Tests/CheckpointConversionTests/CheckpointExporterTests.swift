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

struct CheckpointExporterTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let memory = MemoryConfiguration(
    tokenCount: 3, segmentPositions: 12, alignment: .right)

  private func model(_ tiny: TinyBERT, hasTokenizer: Bool = true) throws -> ModelFile {
    try tiny.modelFile(in: folder, hasTokenizer: hasTokenizer)
  }

  @discardableResult
  private func export(
    _ tiny: TinyBERT, _ layout: ExportLayout, to name: String = "out",
    collision: AtomicFileWriter.Collision = .keepExisting, as elementType: ElementType? = nil,
    hasTokenizer: Bool = true
  ) throws -> ExportReport {
    try CheckpointExporter.export(
      model: model(tiny, hasTokenizer: hasTokenizer), layout: layout, to: folder.path(name),
      collision: collision, elementType: elementType
    ) { _ in }
  }

  private func exported(_ name: String = "out") throws -> SafetensorsFile {
    try SafetensorsFile(path: folder.path("\(name)/model.safetensors"))
  }

  private func configuration(_ name: String = "out") throws -> JSONValue {
    try JSONValue(contentsOf: folder.path("\(name)/config.json"), maximumByteCount: 1 << 20)
  }

  @Test func `the reference layout has exactly the names, shapes and types of its class`() throws {
    try export(TinyBERT(labels: ["a", "b"], memory: Self.memory), .reference)
    let linear = { (name: String, out: Int, inner: Int) in
      ["\(name).weight": "f32[\(out), \(inner)]", "\(name).bias": "f32[\(out)]"]
    }
    let norm = { (name: String) in ["\(name).weight": "f32[4]", "\(name).bias": "f32[4]"] }
    var expected = [
      "cls_token": "i64[1]", "sep_token": "i64[1]", "mem_token_ids": "i64[3]",
      "model.embeddings.weight": "f32[14, 4]",
      "model.bert.embeddings.word_embeddings.weight": "f32[14, 4]",
      "model.bert.embeddings.position_embeddings.weight": "f32[16, 4]",
      "model.bert.embeddings.token_type_embeddings.weight": "f32[2, 4]",
    ]
    var parts = [
      norm("model.bert.embeddings.LayerNorm"), linear("model.bert.pooler.dense", 4, 4),
      linear("model.classifier", 2, 4),
    ]
    for layer in 0..<2 {
      let prefix = "model.bert.encoder.layer.\(layer)"
      for name in ["self.query", "self.key", "self.value", "output.dense"] {
        parts.append(linear("\(prefix).attention.\(name)", 4, 4))
      }
      parts.append(norm("\(prefix).attention.output.LayerNorm"))
      parts.append(linear("\(prefix).intermediate.dense", 6, 4))
      parts.append(linear("\(prefix).output.dense", 4, 6))
      parts.append(norm("\(prefix).output.LayerNorm"))
    }
    for part in parts { expected.merge(part) { first, _ in first } }
    let found = try exported().tensors.map { ($0.name, "\($0.elementType)\($0.shape)") }
    #expect(Dictionary(uniqueKeysWithValues: found) == expected)
    #expect(try folder.bytes("out/pytorch_model.bin").starts(with: Array("PK".utf8)))
  }

  @Test func `the reference layout's ids are the tokenizer's and the last rows`() throws {
    try export(TinyBERT(labels: ["a", "b"], memory: Self.memory), .reference)
    let source = try exported()
    func ids(_ name: String) throws -> [Int]? {
      try source.ids(of: #require(source.tensor(named: name)))
    }
    #expect(try ids("cls_token") == [2])
    #expect(try ids("sep_token") == [3])
    #expect(try ids("mem_token_ids") == [11, 12, 13])
    // The class adds the memory's rows itself to the model that it is given.
    #expect(try configuration()["vocab_size"]?.integer == 11)
  }

  @Test(arguments: [ExportLayout.huggingFace, .reference])
  func `a model with memory comes back the same`(layout: ExportLayout) throws {
    let tiny = TinyBERT(labels: ["a", "b"], memory: Self.memory)
    try export(tiny, layout)
    let report = try CheckpointConverter.convert(
      source: folder.path("out"), to: folder.path("back.rmtw"), elementType: nil,
      collision: .keepExisting
    ) { _ in }
    #expect(report.notes.isEmpty)
    let back = try ModelFile(path: folder.path("back.rmtw"))
    #expect(back.description == tiny.description)
    for parameter in tiny.parameters {
      #expect(try back.floats(of: parameter.name) == tiny.values(of: parameter))
    }
    #expect(try back.tokenizer()?.tokens == TinyBERT.vocabulary)
  }

  @Test func `a Hugging Face folder with memory brings its own class`() throws {
    let report = try export(TinyBERT(labels: ["a", "b"], memory: Self.memory), .huggingFace)
    #expect(
      report.files.map(\.name) == [
        "config.json", "model.safetensors", "modeling_rmt.py", "special_tokens_map.json",
        "tokenizer.json", "tokenizer_config.json", "vocab.txt",
      ])
    let configuration = try configuration()
    #expect(configuration["vocab_size"]?.integer == 14)
    #expect(configuration["architectures"] == ["RMTForSequenceClassification"])
    #expect(
      configuration["auto_map"]?["AutoModelForSequenceClassification"]?.string
        == "modeling_rmt.RMTForSequenceClassification")
    #expect(
      configuration["rmt"] == [
        "memory_tokens": 3, "segment_positions": 12, "alignment": "right", "cls_token_id": 2,
        "sep_token_id": 3, "special_token_ids": [0, 2, 3],
      ])
    #expect(try exported().metadata == ["format": "pt"])
    #expect(try exported().tensor(named: "classifier.weight") != nil)
  }

  @Test func `only a model that reads segments takes documents of any length`() throws {
    func limit(_ name: String) throws -> Int? {
      let path = folder.path("\(name)/tokenizer_config.json")
      return try JSONValue(contentsOf: path, maximumByteCount: 1 << 20)["model_max_length"]?.integer
    }
    try export(TinyBERT(labels: ["a", "b"], memory: Self.memory), .huggingFace, to: "recurrent")
    #expect(try limit("recurrent") == nil)
    try export(TinyBERT(labels: ["a", "b"]), .huggingFace, to: "plain")
    #expect(try limit("plain") == 16)
  }

  @Test(arguments: [([], "BertModel", ""), (["a", "b"], "BertForSequenceClassification", "bert.")])
  func `a model without memory is a plain BERT in both layouts`(
    labels: [String], architecture: String, prefix: String
  ) throws {
    for layout in [ExportLayout.huggingFace, .reference] {
      try export(TinyBERT(labels: labels), layout, to: layout.rawValue)
      #expect(try configuration(layout.rawValue)["architectures"] == [.string(architecture)])
      let expected = TinyBERT(labels: labels).tensors(prefix: prefix).map(\.name)
      #expect(Set(try exported(layout.rawValue).tensors.map(\.name)) == Set(expected))
    }
  }

  @Test func `a Hugging Face folder has one type throughout`() throws {
    try export(TinyBERT(), .huggingFace, as: .bf16)
    #expect(try exported().tensors.allSatisfy { $0.elementType == .bf16 })
    #expect(try configuration()["dtype"]?.string == "bfloat16")
    #expect(throws: ExportError.elementType(.bf16, .reference)) {
      try export(TinyBERT(), .reference, to: "other", as: .bf16)
    }
  }

  @Test(arguments: ExportLayout.allCases)
  func `a layout that names the ids around a segment needs a tokenizer, another does not`(
    layout: ExportLayout
  ) throws {
    let tiny = TinyBERT(labels: ["a", "b"], memory: Self.memory)
    guard ![.huggingFace, .pyTorch, .reference].contains(layout) else {
      let error = #expect(throws: ExportError.self) {
        try export(tiny, layout, hasTokenizer: false)
      }
      #expect(error?.advice?.contains("gguf") == true)
      return
    }
    try export(tiny, layout, hasTokenizer: false)
    _ = try CheckpointConverter.convert(
      source: folder.path("out"), to: folder.path("back.rmtw"), elementType: nil,
      collision: .keepExisting)
    #expect(try ModelFile(path: folder.path("back.rmtw")).description == tiny.description)
  }

  @Test func `an encoder leaves with its memory and without a tokenizer`() throws {
    #expect(
      try export(TinyBERT(memory: Self.memory), .huggingFace, hasTokenizer: false).notes.count == 2)
  }

  @Test func `a folder without a tokenizer says so`() throws {
    #expect(try export(TinyBERT(), .huggingFace, hasTokenizer: false).notes.count == 2)
  }

  @Test func `an existing folder is kept, an earlier export replaced when asked`() throws {
    try export(TinyBERT(), .huggingFace)
    try folder.write("mine", to: "out/notes.txt")
    #expect(throws: FileError.self) { try export(TinyBERT(labels: ["a", "b"]), .huggingFace) }
    try export(TinyBERT(labels: ["a", "b"]), .huggingFace, collision: .replace)
    #expect(try exported().tensor(named: "classifier.bias") != nil)
    #expect(try folder.bytes("out/notes.txt") == Array("mine".utf8))
    #expect(try folder.names.allSatisfy { !$0.hasSuffix(".partial") })
  }

  @Test func `a stranger's folder is never written into`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("out"), withIntermediateDirectories: true)
    try export(TinyBERT(), .huggingFace)  // an empty folder is as good as none
    try FileManager.default.createDirectory(
      atPath: folder.path("photos"), withIntermediateDirectories: true)
    try folder.write("mine", to: "photos/cat.jpg")
    #expect(throws: ExportError.foreignFolder(path: folder.path("photos"))) {
      try export(TinyBERT(), .huggingFace, to: "photos", collision: .replace)
    }
    try folder.write("mine", to: "file")
    #expect(throws: ExportError.notAFolder(path: folder.path("file"))) {
      try export(TinyBERT(), .huggingFace, to: "file", collision: .replace)
    }
  }

  @Test func `an empty folder that somebody stands in stays the same folder`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("out"), withIntermediateDirectories: true)
    func number() throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: folder.path("out"))[.systemFileNumber]
        as? Int
    }
    let before = try number()
    try export(TinyBERT(), .huggingFace)
    #expect(try number() == before && before != nil)
  }

  @Test func `an export goes where a link leads`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("elsewhere/real"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("out"), withDestinationPath: folder.path("elsewhere/real"))
    for variant in 0...1 {
      try export(TinyBERT(variant: variant), .huggingFace, collision: .replace)
    }
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("out"))
        == folder.path("elsewhere/real"))
    #expect(try exported().tensors.count > 0)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("elsewhere")) == ["real"])
  }

  @Test func `stopping an export leaves nothing`() throws {
    let model = try model(TinyBERT())
    let before = try folder.names
    #expect(throws: Interrupted.self) {
      try CheckpointExporter.export(
        model: model, layout: .reference, to: folder.path("out"), collision: .keepExisting,
        elementType: nil
      ) { _ in throw Interrupted() }
    }
    #expect(try folder.names == before)
  }

  @Test func `progress of both files rises to the whole`() throws {
    var last: TransferProgress?
    _ = try CheckpointExporter.export(
      model: model(TinyBERT(labels: ["a"], memory: Self.memory)), layout: .reference,
      to: folder.path("out"), collision: .keepExisting, elementType: nil
    ) { last = $0 }
    #expect(last != nil && last?.completedByteCount == last?.totalByteCount)
  }

  @Test func `the class for transformers is part of the program`() {
    let text = String(decoding: PackageResources.modeling_rmt_py, as: UTF8.self)
    #expect(text.hasPrefix("# SPDX-License-Identifier: Apache-2.0"))
    #expect(text.contains("class RMTForSequenceClassification(BertForSequenceClassification):"))
  }
}
