import Foundation
import JSON
import TensorStorage
import TestSupport
import Testing
import Tokenizers

struct TokenizerFolderTests {
  private static let pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "world"]

  /// Writes a folder of these files and reads its tokenizer.
  private func load(_ files: [String: String]) throws -> TokenizerFolder? {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    return try TokenizerFolder(path: folder.path)
  }

  private func lines(_ pieces: [String]) -> String { pieces.map { $0 + "\n" }.joined() }

  private func json(
    _ pieces: [String], normalizer: JSONValue = ["type": "BertNormalizer", "lowercase": true],
    model: String = "WordPiece", added: JSONValue = []
  ) -> String {
    var vocabulary = JSONObject()
    for (id, piece) in pieces.enumerated() { vocabulary[piece] = .integer(id) }
    let value: JSONValue = [
      "added_tokens": added, "normalizer": normalizer,
      "pre_tokenizer": ["type": "BertPreTokenizer"],
      "model": ["type": .string(model), "unk_token": "[UNK]", "vocab": .object(vocabulary)],
    ]
    return value.serialized(pretty: true)
  }

  @Test func `a folder without vocabulary has no tokenizer`() throws {
    #expect(try load(["tokenizer_config.json": "{}"]) == nil)
  }

  @Test func `takes vocab txt before tokenizer json`() throws {
    let folder = try load([
      "vocab.txt": lines(Self.pieces), "tokenizer.json": json(["[UNK]", "[CLS]", "[SEP]"]),
    ])
    #expect(folder?.tokenizer.tokens == Self.pieces)
    #expect(folder?.notes == [])
  }

  /// The ids are those of transformers 5.23.
  @Test func `tokens of the older added_tokens json have their ids`() throws {
    let pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "world", "new", "##x"]
    func ids(_ text: String, _ config: String, _ more: [String: String] = [:]) throws -> [Int32]? {
      let files = [
        "vocab.txt": lines(pieces), "tokenizer_config.json": config,
        "added_tokens.json": #"{"NewTok": 9, "[E1]": 10}"#,
      ].merging(more) { $1 }
      return try load(files)?.tokenizer.encodeDocument(text)
    }
    let plain = #"{"do_lower_case": true}"#
    #expect(try ids("hello NewTok world", plain) == [5, 9, 6])
    #expect(try ids("hello newtok [E1] world", plain) == [5, 9, 10, 6])
    #expect(try ids("[e1]", plain) == [10])
    // A token with a role is looked for as it is spelt.
    let special = #"{"do_lower_case": true, "additional_special_tokens": ["[E1]"]}"#
    #expect(try ids("[e1] [E1]", special) == [1, 1, 1, 10])
    // What a newer file says is all there is.
    let newer = #"{"do_lower_case": true, "added_tokens_decoder": {}}"#
    #expect(try ids("[E1]", newer) == [1, 1, 1])
    #expect(try ids("[E1]", plain, ["tokenizer.json": json(pieces)]) == [1, 1, 1])
    #expect(throws: TokenizerError.self) {
      try ids("", plain, ["added_tokens.json": #"{"a": "b"}"#])
    }
    #expect(throws: TokenizerError.self) { try ids("", plain, ["added_tokens.json": "[]"]) }
  }

  @Test func `the letters' case comes from the config, then tokenizer json, then the pieces`()
    throws
  {
    let cased = Self.pieces + ["Hello", "World", "Paris"]
    func lowercases(_ files: [String: String]) throws -> Bool? {
      try load(files)?.tokenizer.wordPiece?.settings.lowercases
    }
    let lower: JSONValue = ["type": "BertNormalizer", "lowercase": true]
    let kept: JSONValue = ["type": "BertNormalizer", "lowercase": false]
    #expect(
      try lowercases([
        "vocab.txt": lines(cased), "tokenizer_config.json": #"{"do_lower_case": true}"#,
        "tokenizer.json": json(cased, normalizer: kept),
      ]) == true)
    #expect(try lowercases(["tokenizer.json": json(cased, normalizer: lower)]) == true)
    #expect(try lowercases(["tokenizer.json": json(Self.pieces, normalizer: kept)]) == false)
    #expect(try lowercases(["vocab.txt": lines(cased)]) == false)
    #expect(try lowercases(["vocab.txt": lines(Self.pieces)]) == true)
    let note = try load(["vocab.txt": lines(cased)])?.notes.first
    #expect(note?.contains("cased") == true)
  }

  @Test func `reads every setting that the files give`() throws {
    let config = """
      {"do_lower_case": false, "strip_accents": true, "tokenize_chinese_chars": false,
       "unk_token": {"content": "<unk>", "lstrip": false}, "cls_token": "<s>",
       "model_max_length": 1000000000000000019884624838656, "tokenizer_class": "BertTokenizerFast",
       "added_tokens_decoder": {"7": {"content": "<new>", "normalized": false, "special": true}}}
      """
    let folder = try load([
      "vocab.txt": "<pad>\n<unk>\n<s>\n</s>\n<mask>\nhello\nworld\n",
      "tokenizer_config.json": config,
      "special_tokens_map.json": #"{"cls_token": "other", "sep_token": "</s>"}"#,
    ])
    let settings = try #require(folder?.tokenizer.wordPiece?.settings)
    #expect(!settings.lowercases && settings.stripsAccents == true)
    #expect(!settings.splitsChineseCharacters && settings.cleansText)
    #expect(settings.specialTokens.unknown == "<unk>")
    #expect(settings.specialTokens.classification == "<s>")
    #expect(settings.specialTokens.separator == "</s>")
    #expect(settings.addedTokens == [AddedToken(content: "<new>", isNormalized: false)])
    #expect(folder?.tokenizer.encode("hello<new> Hello</s>") == [5, 7, 1, 3])
    let again = try WordPieceSettings(json: settings.json, file: "header")
    #expect(again == settings)
  }

  @Test func `ids that no piece has stay empty`() throws {
    let text = json(Self.pieces).replacingOccurrences(of: "\"world\": 6", with: "\"world\": 8")
    let tokenizer = try #require(try load(["tokenizer.json": text])?.tokenizer)
    #expect(tokenizer.tokens == Self.pieces.dropLast() + ["", "", "world"])
    #expect(tokenizer.encode("world") == [8])
  }

  @Test(arguments: [
    ("\"world\": 5", "two pieces have the id 5"), ("\"world\": -1", "must be an object of pieces"),
    ("\"world\": 1000000000", "the highest id is 1000000000"),
    ("\"world\": \"x\"", "must be an object of pieces"),
  ])
  func `refuses ids that make no table`(_ entry: String, _ message: String) throws {
    let text = json(Self.pieces).replacingOccurrences(of: "\"world\": 6", with: entry)
    let error = #expect(throws: TokenizerError.self) { try load(["tokenizer.json": text]) }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
  }

  @Test func `refuses another tokenizer than BERT's and says which`() throws {
    func message(_ files: [String: String]) -> String? {
      #expect(throws: TokenizerError.self) { try load(files) }?.problem
    }
    #expect(
      message(["tokenizer.json": json(Self.pieces, model: "WordLevel")])
        == "found the model WordLevel, expected WordPiece")
    #expect(
      message(["tokenizer.json": json(Self.pieces, normalizer: ["type": "NFKC"])])
        == "found the normalizer NFKC, expected BertNormalizer")
    #expect(
      message([
        "vocab.txt": lines(Self.pieces),
        "tokenizer_config.json": #"{"tokenizer_class": "BertJapaneseTokenizer"}"#,
      ]) == "found the tokenizer class BertJapaneseTokenizer, expected BertTokenizer")
    #expect(
      message([
        "tokenizer.json": json(
          Self.pieces, added: [["id": 7, "content": "new", "single_word": true]])
      ])?.contains("single_word") == true)
  }

  @Test func `names the file and member that is wrong`() {
    let error = #expect(throws: TokenizerError.self) {
      try load([
        "vocab.txt": lines(Self.pieces), "tokenizer_config.json": #"{"do_lower_case": "yes"}"#,
      ])
    }
    #expect(error?.place?.hasSuffix("/tokenizer_config.json") == true)
    #expect(error?.problem == "\"do_lower_case\" must be true or false")
    #expect(throws: JSONError.self) {
      try load(["vocab.txt": lines(Self.pieces), "tokenizer_config.json": "{"])
    }
  }
}
