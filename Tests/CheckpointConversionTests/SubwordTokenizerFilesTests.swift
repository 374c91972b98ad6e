import JSON
import TestSupport
import Testing
import Tokenizers

@testable import CheckpointConversion

/// The files that an export writes of byte-level BPE and unigram tokenizers.
struct SubwordTokenizerFilesTests {
  private static let folders = [
    "roberta", "roberta-prefix", "roberta-files", "holes", "xlm-roberta", "metaspace", "albert",
    "forms",
  ]

  private func load(_ name: String) throws -> Tokenizer {
    try #require(try Tokenizer.load(folder: Fixtures.path("subword/\(name)")))
  }

  @Test(arguments: folders)
  func `tokenizer json reads back as the same tokenizer`(_ name: String) throws {
    let original = try load(name)
    let folder = try TemporaryFolder()
    for file in original.files(maximumLength: 512) { try folder.write(file.bytes, to: file.name) }
    let again = try #require(try Tokenizer.load(folder: folder.path))
    #expect(again.specialTokens == original.specialTokens)
    #expect(again.specialTokenNames == original.specialTokenNames)
    let strings = try #require(
      try JSONValue(contentsOf: Fixtures.path("subword/strings.json"), maximumByteCount: 1 << 20)
        .array)
    for string in strings.compactMap(\.string) {
      #expect(again.encode(string) == original.encode(string))
    }
    let config = try JSONValue(
      contentsOf: folder.path("tokenizer_config.json"), maximumByteCount: 1 << 16)
    #expect(config["tokenizer_class"] == "PreTrainedTokenizerFast")
    #expect(config["model_max_length"] == 512)
  }

  @Test func `byte-level BPE is written in RoBERTa's older files too`() throws {
    let original = try load("roberta")
    let folder = try TemporaryFolder()
    for file in original.files(maximumLength: nil)
    where ["vocab.json", "merges.txt"].contains(file.name) {
      try folder.write(file.bytes, to: file.name)
    }
    let again = try #require(try Tokenizer.load(folder: folder.path))
    let text = "Mary isn't in the garden, 12 times."
    #expect(again.encode(text) == original.encode(text))
    #expect(
      try load("albert").files(maximumLength: nil).map(\.name).contains("merges.txt") == false)
  }

  @Test func `two texts are parted by one token as BERT's, by two as RoBERTa's`() throws {
    func pair(_ name: String) throws -> [String?] {
      let file = try #require(
        try load(name).files(maximumLength: nil).first { $0.name == "tokenizer.json" })
      let frame = try JSONValue(parsing: file.bytes, file: name)["post_processor"]
      return frame?["pair"]?.array?.map {
        ($0["SpecialToken"] ?? $0["Sequence"])?["id"]?.string
      } ?? []
    }
    #expect(try pair("roberta") == ["<s>", "A", "</s>", "</s>", "B", "</s>"])
    #expect(try pair("albert") == ["[CLS]", "A", "[SEP]", "B", "[SEP]"])
  }
}
