import Foundation
import JSON
import ModelFile
import ModelSchema
import Safetensors
import TensorStorage
import TestSupport
import Testing
import WeightFile

@testable import CheckpointConversion

struct CheckpointConverterTests {
  private let folder: TemporaryFolder
  private let output: TemporaryFolder
  init() throws {
    folder = try TemporaryFolder()
    output = try TemporaryFolder()
  }

  @discardableResult
  private func convert(
    _ source: String? = nil, as elementType: ElementType? = nil, to name: String = "m.rmtw"
  ) throws -> ConversionReport {
    try CheckpointConverter.convert(
      source: source ?? folder.path, to: output.path(name), elementType: elementType,
      collision: .keepExisting
    ) { _ in }
  }

  private func expectModel(_ tiny: TinyBERT, _ name: String = "m.rmtw") throws {
    let model = try ModelFile(path: output.path(name))
    #expect(model.description == tiny.description)
    for parameter in tiny.parameters {
      #expect(
        try model.floats(of: parameter.name) == tiny.values(of: parameter), "\(parameter.name)")
    }
  }

  @Test(arguments: ["", "bert.", "module.", "module.bert.", "model.bert."])
  func `each prefix gives the same model`(prefix: String) throws {
    let tiny = TinyBERT(labels: ["no", "yes"])
    try folder.writeCheckpoint(
      tiny.tensors(prefix: prefix),
      configuration: tiny.configuration(["id2label": ["0": "no", "1": "yes"]]))
    let report = try convert()
    try expectModel(tiny)
    #expect(report.tokenCount == 11 && report.notes.isEmpty && report.elementType == .f32)
    #expect(try ModelFile(path: report.path).tokenizer()?.encode("the cats") == [5, 6, 8])
  }

  @Test func `gamma, beta, heads and buffers give the same model`() throws {
    let tiny = TinyBERT()
    var entries = tiny.tensors(prefix: "bert.")
    for index in entries.indices {
      entries[index].name = entries[index].name
        .replacing("LayerNorm.weight", with: "LayerNorm.gamma")
        .replacing("LayerNorm.bias", with: "LayerNorm.beta")
    }
    entries.append(.init("cls.predictions.bias", [11], .init(repeating: 0, count: 11)))
    entries.append(.init("bert.embeddings.position_ids", integers: [0, 1]))
    try folder.writeCheckpoint(entries, configuration: tiny.configuration())
    let report = try convert()
    try expectModel(tiny)
    #expect(
      Set(report.dropped.map(\.name)) == ["cls.predictions.bias", "bert.embeddings.position_ids"])
  }

  @Test(arguments: [
    "bert_model", "bert_for_masked_lm", "bert_for_pretraining", "bert_for_sequence_classification",
    "bert_split_attributes", "bert_whole_keras_model",
  ])
  func `a TensorFlow h5 file gives the weights of its PyTorch twin`(name: String) throws {
    try expectTwins(
      Fixtures.path("hdf5/\(name)/tf_model.h5"), Fixtures.path("hdf5/\(name)/model.safetensors"))
  }

  @Test func `safetensors of TensorFlow give the weights of their PyTorch twin`() throws {
    let path = "hdf5/bert_tensorflow_safetensors"
    try expectTwins(
      Fixtures.path("\(path)/model.safetensors"), Fixtures.path("\(path)/truth.safetensors"))
  }

  /// Expects the same parameters from two files that lie in one folder.
  private func expectTwins(_ first: String, _ second: String) throws {
    try convert(first, to: "first.rmtw")
    try convert(second, to: "second.rmtw")
    let models = try ["first.rmtw", "second.rmtw"].map { try ModelFile(path: output.path($0)) }
    #expect(models[0].description == models[1].description)
    for parameter in models[0].parameters {
      #expect(
        try models[0].floats(of: parameter.name) == models[1].floats(of: parameter.name),
        "\(parameter.name)")
    }
  }

  @Test func `the same input gives the same bytes`() throws {
    try folder.writeCheckpoint(
      TinyBERT().tensors().filter { !$0.name.hasPrefix("pooler") },
      configuration: TinyBERT().configuration())
    let report = try convert(to: "a.rmtw")
    try convert(to: "b.rmtw")
    #expect(report.created.count == 2)
    #expect(try output.bytes("a.rmtw") == output.bytes("b.rmtw"))
  }

  @Test func `the type of the matrices is kept and vectors stay whole`() throws {
    let tiny = TinyBERT()
    let entries = tiny.parameters.map {
      MemoryTensorSource.Entry($0.name, $0.shape, tiny.values(of: $0), as: .bf16)
    }
    try folder.writeCheckpoint(entries, configuration: tiny.configuration())
    #expect(try convert().elementType == .bf16)
    let model = try ModelFile(path: output.path("m.rmtw"))
    #expect(model.weights.tensor(named: "pooler.dense.weight")?.elementType == .bf16)
    #expect(model.weights.tensor(named: "pooler.dense.bias")?.elementType == .f32)
    #expect(try convert(as: .f32, to: "f32.rmtw").elementType == .f32)
    try expectModel(tiny, "f32.rmtw")
  }

  @Test func `mixed types become f32`() throws {
    var entries = TinyBERT().tensors()
    entries[0] = .init(
      entries[0].name, entries[0].shape, TinyBERT().values(of: TinyBERT().parameters[0]), as: .f16)
    try folder.writeCheckpoint(entries, configuration: TinyBERT().configuration())
    #expect(try convert().elementType == .f32)
    try expectModel(TinyBERT())
  }

  @Test func `a number that f16 cannot hold stops the conversion and leaves nothing`() throws {
    var entries = TinyBERT().tensors()
    let index = try #require(entries.firstIndex { $0.name == "pooler.dense.weight" })
    entries[index] = .init(
      "pooler.dense.weight", [4, 4], [70_000] + .init(repeating: 0, count: 15))
    try folder.writeCheckpoint(entries, configuration: TinyBERT().configuration())
    let error = #expect(throws: ConversionError.self) { try convert(as: .f16) }
    #expect(error?.place?.hasSuffix("tensor pooler.dense.weight") == true)
    #expect(try output.names.isEmpty)
    try convert(as: .bf16)
  }

  @Test func `only types of weights can be asked for`() throws {
    #expect(throws: ConversionError.targetType(.i8)) { try convert(as: .i8) }
  }

  @Test func `a native file can change its type and keeps its history`() throws {
    try folder.writeCheckpoint(TinyBERT().tensors(), configuration: TinyBERT().configuration())
    try convert(to: "a.rmtw")
    let report = try convert(output.path("a.rmtw"), as: .f16, to: "b.rmtw")
    #expect(report.dialect == "native" && report.elementType == .f16)
    try expectModel(TinyBERT(), "b.rmtw")
    let model = try ModelFile(path: output.path("b.rmtw"))
    #expect(model.provenance.map(\.verb) == ["convert", "convert"])
    #expect(try model.tokenizer() != nil)
  }

  @Test func `provenance names the sources without their folder`() throws {
    try folder.writeCheckpoint(TinyBERT().tensors(), configuration: TinyBERT().configuration())
    try folder.write("{}", to: "special_tokens_map.json")
    try convert(folder.path("model.safetensors"))
    let step = try #require(try ModelFile(path: output.path("m.rmtw")).provenance.first)
    #expect(step.verb == "convert" && step.dialect == "pytorch")
    #expect(
      step.sources.map(\.name) == [
        "model.safetensors", "config.json", "vocab.txt", "tokenizer_config.json",
        "special_tokens_map.json",
      ])
    #expect(
      step.sources[0].byteCount == (try folder.bytes("model.safetensors").count))
  }

  @Test func `provenance says what the source was at the beginning, though it grows`() throws {
    try folder.writeCheckpoint(TinyBERT().tensors(), configuration: TinyBERT().configuration())
    let path = folder.path("model.safetensors")
    let byteCount = try folder.bytes("model.safetensors").count
    let grower = try #require(FileHandle(forWritingAtPath: path))
    try grower.seekToEnd()
    _ = try CheckpointConverter.convert(
      source: folder.path, to: output.path("m.rmtw"), elementType: nil, collision: .keepExisting
    ) { _ in try grower.write(contentsOf: [1, 2, 3]) }
    try expectModel(TinyBERT())
    let step = try #require(try ModelFile(path: output.path("m.rmtw")).provenance.first)
    #expect(step.sources.first?.byteCount == byteCount)
  }

  @Test func `a shorter vocabulary is said, a longer one left out, none accepted`() throws {
    let tiny = TinyBERT()
    func write(_ vocabulary: [String]?) throws {
      try folder.writeCheckpoint(
        tiny.tensors(), configuration: tiny.configuration(), vocabulary: vocabulary)
    }
    try write(TinyBERT.vocabulary.dropLast())
    #expect(try convert(to: "short.rmtw").notes.count == 1)
    try write(TinyBERT.vocabulary + ["c"])
    let long = try convert(to: "long.rmtw")
    #expect(long.tokenCount == nil && long.notes.count == 1)
    #expect(long.notes.first?.contains("12 tokens, the embedding table 11 rows") == true)
    try FileManager.default.removeItem(atPath: folder.path("vocab.txt"))
    let report = try convert(to: "none.rmtw")
    #expect(report.tokenCount == nil && report.notes.count == 1)
  }

  @Test func `a tokenizer of another kind does not stop the weights`() throws {
    try folder.writeCheckpoint(
      TinyBERT().tensors(), configuration: TinyBERT().configuration(), vocabulary: nil)
    try folder.write("{\"model\": {\"type\": \"WordLevel\"}}", to: "tokenizer.json")
    let report = try convert()
    #expect(report.tokenCount == nil)
    #expect(report.notes.first?.contains("no tokenizer was stored") == true)
    #expect(report.notes.first?.contains("WordLevel") == true)
    try FileManager.default.removeItem(atPath: folder.path("tokenizer.json"))
    // SentencePiece's of another family: BERT has none.
    try FileManager.default.copyItem(
      atPath: Fixtures.path("sentencepiece/albert/spiece.model"),
      toPath: folder.path("spiece.model"))
    #expect(try convert(to: "piece.rmtw").notes.first?.contains("spiece.model") == true)
  }

  @Test func `byte-level BPE is taken over beside the weights`() throws {
    try folder.writeCheckpoint(
      TinyBERT().tensors(), configuration: TinyBERT().configuration(), vocabulary: nil)
    try folder.write(
      """
      {"added_tokens": [{"id": 0, "content": "<s>"}, {"id": 1, "content": "</s>"}],
       "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
       "model": {"type": "BPE", "merges": [["a", "b"], ["Ġ", "ab"]], "vocab":
        {"<s>": 0, "</s>": 1, "<unk>": 2, "a": 3, "b": 4, "ab": 5, "Ġ": 6, "Ġab": 7}}}
      """, to: "tokenizer.json")
    let report = try convert()
    #expect(report.tokenCount == 8)
    let model = try ModelFile(path: report.path)
    #expect(try model.tokenizer()?.encodeDocument("ab ab<s>b") == [5, 7, 4])
    #expect(model.provenance.last?.sources.map(\.name).contains("tokenizer.json") == true)
  }

  @Test(arguments: [["format": "mlx"], ["format": "np"], [:]])
  func `what safetensors say of their writer changes nothing`(metadata: [String: String]) throws {
    let tiny = TinyBERT()
    try folder.writeCheckpoint(
      tiny.tensors(prefix: "bert."), configuration: tiny.configuration(), metadata: metadata)
    #expect(try convert().dialect == "pytorch")
    try expectModel(tiny)
  }

  @Test(arguments: ["", "bert."])
  func `safetensors of Flax have other leaves and transposed matrices`(prefix: String) throws {
    let tiny = TinyBERT()
    let tensors = tiny.parameters.map { parameter in
      let name = (parameter.name.hasPrefix("classifier") ? "" : prefix) + parameter.name
      let module = name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex)
      let values = tiny.values(of: parameter), shape = parameter.shape
      switch parameter.role {
      case .weight:
        let columns = shape.dimensions[1]
        let transposed = (0..<columns).flatMap { column in
          stride(from: column, to: values.count, by: columns).map { values[$0] }
        }
        return MemoryTensorSource.Entry(
          "\(module).kernel", [columns, shape.dimensions[0]], transposed)
      case .embedding: return .init("\(module).embedding", shape, values)
      case .gain: return .init("\(module).scale", shape, values)
      default: return .init(name, shape, values)
      }
    }
    try folder.writeCheckpoint(
      tensors, configuration: tiny.configuration(), metadata: ["format": "flax"])
    #expect(try convert().dialect == "flax")
    try expectModel(tiny)
  }

  @Test(arguments: [
    ("vocab.txt", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "LFS pointer"),
    ("vocab.txt", "", "is empty"),
    ("tokenizer.json", "<!DOCTYPE html>", "web page"),
    ("tokenizer.json", "{\"model\": {\"type\": \"Wor", "not valid JSON"),
    ("vocab.txt", "\n", "Once the file is moved away"),
    ("tokenizer_config.json", "{\"do_lower_case\": tr", "not valid JSON"),
  ])
  func `a damaged tokenizer is an error, not a model without one`(
    name: String, content: String, word: String
  ) throws {
    try folder.writeCheckpoint(TinyBERT().tensors(), configuration: TinyBERT().configuration())
    try folder.write(content, to: name)
    do {
      try convert()
      Issue.record("converted without its tokenizer")
    } catch let error as any DescribedError {
      #expect(error.kind == .badData)
      #expect("\(error)".contains(name) && "\(error)".contains(word))
    }
    #expect(try output.names.isEmpty)
  }

  @Test func `weights that are not finite are carried over and said`() throws {
    var tensors = TinyBERT().tensors()
    let index = try #require(tensors.firstIndex { $0.name == "encoder.layer.1.output.dense.bias" })
    tensors[index] = .init(tensors[index].name, tensors[index].shape, [0, .nan, 1, .infinity])
    try folder.writeCheckpoint(tensors, configuration: TinyBERT().configuration())
    let report = try convert()
    #expect(report.notes.count == 1)
    #expect(report.notes.first?.hasPrefix("encoder.layer.1.output.dense.bias holds NaN") == true)
    let floats = try ModelFile(path: output.path("m.rmtw")).floats(of: tensors[index].name)
    #expect(floats[0] == 0 && floats[1].isNaN && floats[3] == .infinity)
  }

  @Test func `weights without config.json say what to put there`() throws {
    try folder.writeSafetensors(TinyBERT().tensors(), to: "model.safetensors")
    let error = #expect(
      throws: OpeningError.missingConfiguration(path: folder.path("config.json"))
    ) { try convert(folder.path("model.safetensors")) }
    #expect(error?.kind == .missingInput)
  }

  @Test func `a cut file is an error and leaves nothing`() throws {
    try folder.writeCheckpoint(TinyBERT().tensors(), configuration: TinyBERT().configuration())
    let bytes = try folder.bytes("model.safetensors")
    try folder.write(Array(bytes.dropLast(7)), to: "model.safetensors")
    #expect(throws: SafetensorsError.self) { try convert() }
    #expect(try output.names.isEmpty)
  }

  @Test func `an existing file is kept`() throws {
    try folder.writeCheckpoint(TinyBERT().tensors(), configuration: TinyBERT().configuration())
    try output.write("mine", to: "m.rmtw")
    #expect(throws: FileError.self) { try convert() }
    #expect(try output.bytes("m.rmtw") == Array("mine".utf8))
  }

  @Test func `progress rises to the whole, and stopping leaves nothing`() throws {
    try folder.writeCheckpoint(TinyBERT().tensors(), configuration: TinyBERT().configuration())
    #expect(throws: Interrupted.self) {
      try CheckpointConverter.convert(
        source: folder.path, to: output.path("m.rmtw"), elementType: nil, collision: .keepExisting
      ) { _ in throw Interrupted() }
    }
    #expect(try output.names.isEmpty)
    var last: TransferProgress?
    _ = try CheckpointConverter.convert(
      source: folder.path, to: output.path("m.rmtw"), elementType: nil, collision: .keepExisting
    ) { last = $0 }
    #expect(last?.completedByteCount == last?.totalByteCount && last != nil)
  }
}

extension ModelFile {
  /// A parameter's numbers.
  func floats(of name: String) throws -> [Float] {
    let tensor = try #require(weights.tensor(named: name))
    return try weights.floats(of: tensor)
  }
}
