import Foundation
import GGUF
import JSON
import ModelFile
import ModelSchema
import TensorFlowCheckpoint
import TensorStorage
import TestSupport
import Testing
import Tokenizers

@testable import CheckpointConversion

/// Exports that have nothing in common with the folders of transformers.
struct ForeignExportTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let memory = MemoryConfiguration(
    tokenCount: 3, segmentPositions: 12, alignment: .right)

  private func model(
    _ tiny: TinyBERT, description: ModelDescription? = nil,
    settings: WordPieceSettings = WordPieceSettings(lowercases: false),
    values: ((ParameterDescription) -> [Float])? = nil
  ) throws -> ModelFile {
    let path = folder.path("\(UUID().uuidString).rmtw")
    let tokenizer = try Tokenizer(
      vocabulary: WordPieceVocabulary(tokens: TinyBERT.vocabulary, file: "test"),
      settings: settings)
    var writer = try ModelFileWriter(
      path: path, collision: .keepExisting, description: description ?? tiny.description,
      tokenizer: tokenizer, provenance: [], elementType: .f32)
    for parameter in writer.parameters {
      try (values ?? tiny.values)(parameter).withUnsafeBufferPointer {
        try writer.write(floats: $0)
      }
    }
    try writer.finish()
    return try ModelFile(path: path)
  }

  @discardableResult
  private func export(
    _ tiny: TinyBERT, _ layout: ExportLayout, as elementType: ElementType? = nil,
    isQuantized: Bool = false
  ) throws -> ExportReport {
    try CheckpointExporter.export(
      model: model(tiny), layout: layout, to: folder.path("out"), collision: .keepExisting,
      elementType: elementType, isQuantized: isQuantized)
  }

  private func convertedBack() throws -> (ModelFile, ConversionReport) {
    let report = try CheckpointConverter.convert(
      source: folder.path("out"), to: folder.path("back.rmtw"), elementType: nil,
      collision: .keepExisting)
    return (try ModelFile(path: folder.path("back.rmtw")), report)
  }

  @Test(arguments: [ExportLayout.tensorFlowVariables, .gguf])
  func `a model with memory, classes and tokenizer comes back the same`(
    layout: ExportLayout
  ) throws {
    let tiny = TinyBERT(labels: ["a", "b"], memory: Self.memory)
    try export(tiny, layout)
    let (back, report) = try convertedBack()
    #expect(report.notes.isEmpty && report.created.isEmpty)
    #expect(back.description == tiny.description)
    for parameter in tiny.parameters {
      #expect(try back.floats(of: parameter.name) == tiny.values(of: parameter))
    }
    let tokenizer = try #require(try back.tokenizer())
    #expect(tokenizer.tokens == TinyBERT.vocabulary)
    #expect(tokenizer.wordPiece?.settings.lowercases == false)
  }

  @Test(arguments: [ExportLayout.tensorFlowVariables, .gguf])
  func `all that is known of a model and its tokenizer comes back`(layout: ExportLayout) throws {
    var encoder = TinyBERT.encoder
    encoder.activation = .relu
    encoder.hiddenDropout = 0.25
    encoder.attentionDropout = 0.125
    encoder.classifierDropout = 0.5
    encoder.initializerRange = 0.03125
    let description = ModelDescription(encoder: encoder, memory: Self.memory, labels: ["a", "b"])
    var settings = WordPieceSettings(lowercases: true)
    settings.stripsAccents = false
    settings.splitsChineseCharacters = false
    settings.cleansText = false
    settings.maximumCharactersPerWord = 7
    settings.addedTokens = [AddedToken(content: "cat", isNormalized: true)]
    _ = try CheckpointExporter.export(
      model: model(TinyBERT(), description: description, settings: settings), layout: layout,
      to: folder.path("out"), collision: .keepExisting, elementType: nil)
    let (back, _) = try convertedBack()
    #expect(back.description == description)
    #expect(try back.tokenizer()?.wordPiece?.settings == settings)
  }

  @Test func `tokenizer_config.json names added tokens for who reads nothing else`() throws {
    var settings = WordPieceSettings(lowercases: true)
    settings.addedTokens = [AddedToken(content: "cat", isNormalized: true)]
    _ = try CheckpointExporter.export(
      model: model(TinyBERT(), settings: settings), layout: .tensorFlowVariables,
      to: folder.path("out"), collision: .keepExisting, elementType: nil)
    try FileManager.default.removeItem(atPath: folder.path("out/tokenizer.json"))
    let back = try TokenizerFolder(path: folder.path("out"))?.tokenizer.wordPiece?.settings
    #expect(back == settings)
  }

  @Test(arguments: [Float(8_400_000), -.infinity, .nan])
  func `a number that no block of Q8_0 holds is an error that names it`(value: Float) throws {
    var encoder = TinyBERT.encoder
    encoder.hiddenSize = 32
    encoder.intermediateSize = 64
    let description = ModelDescription(encoder: encoder, memory: nil, labels: [])
    func export(_ value: Float) throws {
      _ = try CheckpointExporter.export(
        model: model(TinyBERT(), description: description) { parameter in
          let isWounded = parameter.name == "encoder.layer.1.output.dense.weight"
          return (0..<parameter.shape.elementCount).map { $0 == 5 && isWounded ? value : 1 }
        }, layout: .gguf, to: folder.path("out"), collision: .keepExisting, elementType: nil,
        isQuantized: true)
    }
    let error = #expect(throws: ExportError.self) { try export(value) }
    #expect(error?.description.contains("blk.1.ffn_down.weight") == true)
    #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    // A little smaller, the scale is the largest number of half precision.
    try export(8_300_000)
    let back = try convertedBack().0.floats(of: "encoder.layer.1.output.dense.weight")
    #expect(abs(back[5] - 8_300_000) < 40_000)
  }

  @Test(arguments: [ElementType.f16, .bf16])
  func `GGUF holds matrices in the type asked for, and small tensors as floats`(
    type: ElementType
  ) throws {
    try export(TinyBERT(), .gguf, as: type)
    let file = try GGUFFile(path: folder.path("out/model.gguf"))
    #expect(file.tensor(named: "blk.1.ffn_up.weight")?.elementType == type)
    #expect(file.tensor(named: "token_embd.weight")?.elementType == type)
    for name in ["blk.1.ffn_up.bias", "position_embd.weight", "token_types.weight"] {
      #expect(file.tensor(named: name)?.elementType == .f32)
    }
    // Every number of the model is exact in both.
    #expect(try convertedBack().0.floats(of: "embeddings.word_embeddings.weight").count == 44)
  }

  @Test func `rows that are no whole blocks are not quantised`() throws {
    try export(TinyBERT(), .gguf, isQuantized: true)
    let file = try GGUFFile(path: folder.path("out/model.gguf"))
    #expect(file.tensor(named: "blk.0.attn_q.weight")?.elementType == .f16)
    #expect(file["general.file_type"]?.integer == 7)
  }

  @Test func `only GGUF is quantised, and Google's checkpoint is f32`() throws {
    #expect(throws: ExportError.quantized(.huggingFace)) {
      try export(TinyBERT(), .huggingFace, isQuantized: true)
    }
    #expect(throws: ExportError.elementType(.f16, .tensorFlowVariables)) {
      try export(TinyBERT(), .tensorFlowVariables, as: .f16)
    }
    #expect(try !FileManager.default.fileExists(atPath: folder.path("out")))
  }

  @Test func `a folder of Google's form has its names and its way to lay out kernels`() throws {
    let report = try export(TinyBERT(labels: ["a", "b"]), .tensorFlowVariables)
    #expect(
      report.files.map(\.name) == [
        "bert_config.json", "bert_model.ckpt.data-00000-of-00001", "bert_model.ckpt.index",
        "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
      ])
    let file = try TensorFlowCheckpoint(indexPath: folder.path("out/bert_model.ckpt.index"))
    let kernel = "bert/encoder/layer_0/intermediate/dense/kernel"
    #expect(file.tensor(named: kernel)?.shape == [4, 6])
    #expect(file.tensor(named: "output_weights")?.shape == [2, 4])
    #expect(file.tensor(named: "bert/embeddings/LayerNorm/gamma")?.shape == [4])
    // The GELU by erf is told apart from Google's by the family's name.
    #expect(report.notes.contains { $0.contains("erf") })
    let json = try JSONValue(
      contentsOf: folder.path("out/bert_config.json"), maximumByteCount: 1 << 20)
    #expect(json["model_type"]?.string == "bert")
  }

  @Test(arguments: [ExportLayout.tensorFlowVariables, .gguf])
  func `stopping leaves nothing, and an earlier export is replaced when asked`(
    layout: ExportLayout
  ) throws {
    let model = try model(TinyBERT())
    let before = try folder.names
    func export(_ progress: (TransferProgress) throws -> Void) throws {
      _ = try CheckpointExporter.export(
        model: model, layout: layout, to: folder.path("out"), collision: .replace,
        elementType: nil, progress: progress)
    }
    #expect(throws: Interrupted.self) { try export { _ in throw Interrupted() } }
    #expect(try folder.names == before)
    var last: TransferProgress?
    try export { last = $0 }
    try export { last = $0 }
    #expect(last != nil && last?.completedByteCount == last?.totalByteCount)
    #expect(try folder.names.allSatisfy { !$0.hasSuffix(".partial") })
  }
}
