import JSON
import ModelSchema
import TensorStorage
import TestSupport
import Testing
import Tokenizers
import WeightFile

@testable import ModelFile

/// Tokenizers of every kind inside a model file.
@Suite struct StoredTokenizerTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let folders = [
    "roberta", "roberta-prefix", "roberta-files", "holes", "xlm-roberta", "metaspace", "albert",
    "forms",
  ]

  /// A model of few numbers with as many rows as the tokenizer has tokens.
  private func write(_ tokenizer: Tokenizer, to name: String) throws -> String {
    var description = ExampleModel.description
    description.encoder.vocabularySize = tokenizer.tokens.count + 1
    let path = folder.path(name)
    var writer = try ModelFileWriter(
      path: path, collision: .keepExisting, description: description, tokenizer: tokenizer,
      provenance: [], elementType: .f32)
    let values = [Float](
      repeating: 0.5, count: ParameterCatalog(description).elementCount)
    try values.withUnsafeBufferPointer { try writer.write(floats: $0) }
    try writer.finish()
    return path
  }

  @Test(arguments: folders)
  func `comes back with the same ids, pieces and bytes`(_ name: String) throws {
    let original = try #require(try Tokenizer.load(folder: Fixtures.path("subword/\(name)")))
    let model = try ModelFile(path: try write(original, to: "first.rmtw"))
    try model.weights.verify()
    #expect(model.tokenCount == original.tokens.count)
    let stored = try #require(try model.tokenizer())
    #expect(stored.kindName == original.kindName)
    #expect(stored.specialTokens == original.specialTokens)
    #expect(stored.tokens.elementsEqual(original.tokens) { $0.utf8.elementsEqual($1.utf8) })
    let strings = try #require(
      try JSONValue(contentsOf: Fixtures.path("subword/strings.json"), maximumByteCount: 1 << 20)
        .array)
    for string in strings.compactMap(\.string) {
      #expect(stored.encode(string) == original.encode(string))
    }
    _ = try write(stored, to: "second.rmtw")
    #expect(try folder.bytes("first.rmtw") == folder.bytes("second.rmtw"))
  }

  @Test func `holds merges, scores and a map of characters only where the kind needs them`() throws
  {
    func tables(_ name: String) throws -> [String] {
      let tokenizer = try #require(try Tokenizer.load(folder: Fixtures.path("subword/\(name)")))
      return try ModelFile(path: try write(tokenizer, to: "\(name).rmtw")).weights.tensors
        .map(\.name).filter { $0.hasPrefix("tokenizer.") }
    }
    #expect(try tables("roberta") == ["tokenizer.vocabulary", "tokenizer.merges"])
    #expect(
      try tables("albert")
        == ["tokenizer.vocabulary", "tokenizer.scores", "tokenizer.character_map"])
    #expect(try tables("forms") == ["tokenizer.vocabulary", "tokenizer.scores"])
  }

  /// The clause by which a file is refused whose tokenizer was changed.
  private func refusal(
    _ name: String, _ change: (inout JSONObject, inout [TensorDescription]) -> Void
  ) throws -> String? {
    let tokenizer = try #require(try Tokenizer.load(folder: Fixtures.path("subword/\(name)")))
    let record = TokenizerRecord(tokenizer)
    var tables = record.tables.compactMap { $0.content(of: tokenizer)?.tensor }
    var settings = record.json
    change(&settings, &tables)
    let path = try HandmadeModel.write(in: folder) { parts in
      var parts = parts
      parts.metadata["tokenizer"] = .object(settings)
      parts.tensors = tables + parts.tensors.dropFirst()
      return parts
    }
    do {
      _ = try ModelFile(path: path)
      return nil
    } catch let error as ModelFileError {
      return clauseName(error.clause)
    } catch let error as TokenizerError {
      return clauseName(error)
    }
  }

  @Test func `opening refuses tables that do not fit the settings`() throws {
    #expect(try refusal("roberta") { _, _ in } == nil)
    #expect(try refusal("roberta") { _, tables in tables.removeLast() } == "tokenizerParts")
    #expect(
      try refusal("roberta") { _, tables in
        tables[1] = TensorDescription(
          name: "tokenizer.merges", elementType: .i32, shape: [tables[1].shape.elementCount])
      } == "tokenizerParts")
    #expect(
      try refusal("roberta") { _, tables in
        tables[1] = TensorDescription(
          name: "tokenizer.scores", elementType: .i64, shape: [3])
      } == "tokenizerParts")
    #expect(try refusal("albert") { _, tables in tables.removeLast() } == "tokenizerParts")
    #expect(
      try refusal("albert") { settings, _ in settings["normalizer"] = .null } == "tokenizerParts")
    #expect(
      try refusal("albert") { settings, _ in settings["type"] = "word-level" } == "unsupported")
  }
}
