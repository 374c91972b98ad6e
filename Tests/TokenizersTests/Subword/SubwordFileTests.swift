import JSON
import TensorStorage
import TestSupport
import Testing

@testable import Tokenizers

/// What is refused of `tokenizer.json`, `vocab.json` and `merges.txt`, and by which words.
struct SubwordFileTests {
  /// A byte-level tokenizer of few pieces.
  private static let bytePair: JSONObject = [
    "added_tokens": [
      ["id": 0, "content": "<s>", "special": true], ["id": 1, "content": "</s>", "special": true],
      ["id": 2, "content": "<unk>", "special": true],
    ],
    "normalizer": nil,
    "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true],
    "model": [
      "type": "BPE", "unk_token": nil,
      "vocab": ["<s>": 0, "</s>": 1, "<unk>": 2, "a": 3, "b": 4, "ab": 5, "Ġ": 6],
      "merges": [["a", "b"]],
    ],
  ]

  /// A unigram tokenizer of few pieces.
  private static let unigram: JSONObject = [
    "added_tokens": [
      ["id": 0, "content": "<unk>", "special": true], ["id": 1, "content": "<s>", "special": true],
      ["id": 2, "content": "</s>", "special": true],
    ],
    "normalizer": ["type": "Lowercase"],
    "pre_tokenizer": ["type": "Metaspace", "replacement": "▁"],
    "model": [
      "type": "Unigram", "unk_id": 0,
      "vocab": [["<unk>", 0], ["<s>", 0], ["</s>", 0], ["▁", -2.5], ["a", -1], ["▁a", -1.5]],
    ],
  ]

  private func load(_ files: [String: JSONValue]) throws -> Tokenizer? {
    let folder = try TemporaryFolder()
    for (name, value) in files {
      try folder.write(value.string ?? value.serialized(pretty: false), to: name)
    }
    return try Tokenizer.load(folder: folder.path)
  }

  private func problem(
    _ object: JSONObject, _ change: (inout JSONObject) -> Void
  ) -> (clause: String, problem: String)? {
    var object = object
    change(&object)
    do {
      let folder = try TemporaryFolder()
      let path = try folder.write(
        JSONValue.object(object).serialized(pretty: false), to: "tokenizer.json")
      do {
        _ = try Tokenizer.load(folder: folder.path)
        return nil
      } catch let error as TokenizerError {
        try HostileFile.keep(path, format: "tokenizer", clause: clauseName(error))
        return (clauseName(error), error.problem)
      }
    } catch {
      return ("\(error)", "")
    }
  }

  private func setting(_ name: String, _ value: JSONValue, in object: inout JSONObject) {
    var model = object["model"]?.object ?? [:]
    model[name] = value
    object["model"] = .object(model)
  }

  @Test func `reads the small tokenizers that the other tests damage`() throws {
    let pairs = try #require(try load(["tokenizer.json": .object(Self.bytePair)]))
    #expect(pairs.kindName == "byte-level BPE")
    #expect(pairs.encode("ab</s>a b") == [5, 1, 3, 6, 4])
    #expect(pairs.specialTokens.classification == 0 && pairs.specialTokens.separator == 1)
    let unigram = try #require(try load(["tokenizer.json": .object(Self.unigram)]))
    #expect(unigram.encode("A aA <s>zz") == [5, 5, 4, 3, 1, 3, 0])
    #expect(unigram.kindName == "SentencePiece unigram")
  }

  @Test func `knows a model that an older file does not name`() throws {
    for (object, name) in [
      (Self.bytePair, "byte-level BPE"), (Self.unigram, "SentencePiece unigram"),
    ] {
      var older = object
      var model = try #require(object["model"]?.object)
      model["type"] = nil
      older["model"] = .object(model)
      #expect(try load(["tokenizer.json": .object(older)])?.kindName == name)
    }
  }

  @Test func `takes the tokens with a role from the config, then from the frame of a text`() throws
  {
    var object = Self.bytePair
    object["post_processor"] = ["type": "RobertaProcessing", "cls": ["a", 3], "sep": ["b", 4]]
    let framed = try #require(try load(["tokenizer.json": .object(object)]))
    #expect(framed.specialTokens.classification == 3 && framed.specialTokens.separator == 4)
    let named = try #require(
      try load([
        "tokenizer.json": .object(object), "tokenizer_config.json": ["cls_token": "</s>"],
      ]))
    #expect(named.specialTokens.classification == 1 && named.specialTokens.separator == 4)
  }

  @Test func `refuses merges that name no piece`() {
    let cases: [(JSONValue, String)] = [
      ([["a", "c"]], "unknownMerge"), (["b a"], "unknownMerge"), (["a"], "invalidMember"),
      (["a b c"], "invalidMember"), ([["a", 1]], "invalidMember"), ([5], "invalidMember"),
    ]
    for (merges, clause) in cases {
      #expect(problem(Self.bytePair) { setting("merges", merges, in: &$0) }?.clause == clause)
    }
  }

  @Test func `refuses vocabularies that make no table`() {
    let cases: [(JSONValue, String)] = [
      (["<s>": 0, "</s>": 1, "<unk>": 2, "a": 3, "b": 3], "repeatedID"),
      (["<s>": 0, "a": 1_000_000_000], "sparseIDs"), (["a": -1], "invalidMember"),
      (["a": 1.5], "invalidMember"), (["a"], "invalidMember"),
      // An id of an added token that another piece has.
      (["<s>": 0, "a": 1], "repeatedID"),
    ]
    for (vocabulary, clause) in cases {
      let found = problem(Self.bytePair) {
        setting("merges", [], in: &$0)
        setting("vocab", vocabulary, in: &$0)
      }
      #expect(found?.clause == clause, "\(vocabulary)")
    }
  }

  @Test func `refuses scores and pieces that make no unigram model`() {
    let cases: [(JSONValue, String)] = [
      ([["<unk>", 0], ["<s>", 0], ["</s>", 0], ["a", -1], ["a", -2]], "repeatedToken"),
      ([["<unk>", "x"]], "invalidMember"), ([["a"]], "invalidMember"),
      ([["<unk>", 0, 0]], "invalidMember"), (["a"], "invalidMember"),
      ([["<unk>", 0], ["<s>", 0], ["</s>", 0], ["a\nb", -1]], "unsupported"),
    ]
    for (vocabulary, clause) in cases {
      let found = problem(Self.unigram) { setting("vocab", vocabulary, in: &$0) }
      #expect(found?.clause == clause, "\(vocabulary)")
    }
    #expect(problem(Self.unigram) { setting("unk_id", 6, in: &$0) }?.clause == "invalidMember")
    #expect(problem(Self.unigram) { setting("unk_id", -1, in: &$0) }?.clause == "invalidMember")
    #expect(problem(Self.unigram) { setting("unk_id", nil, in: &$0) }?.clause == "unsupported")
    #expect(throws: TokenizerError.score(id: 0, file: "f")) {
      try UnigramModel(scores: [.nan], unknown: 0, file: "f")
    }
  }

  @Test func `names what it does not support`() {
    let cases: [(JSONObject, String, JSONValue, String)] = [
      (Self.bytePair, "normalizer", ["type": "Nmt"], "the normalizer Nmt"),
      (
        Self.bytePair, "normalizer",
        ["type": "Replace", "pattern": ["Regex": "a+"], "content": "b"], "the pattern a+"
      ),
      (Self.bytePair, "pre_tokenizer", ["type": "Whitespace"], "the pre-tokenizer Whitespace"),
      (Self.bytePair, "pre_tokenizer", nil, "the pre-tokenizer null"),
      (
        Self.bytePair, "pre_tokenizer",
        ["type": "Sequence", "pretokenizers": [["type": "Digits"], ["type": "ByteLevel"]]],
        "a sequence of Digits, ByteLevel"
      ),
      (Self.bytePair, "pre_tokenizer", ["type": "Metaspace", "replacement": "▁"], "BPE without"),
      (
        Self.unigram, "pre_tokenizer",
        ["type": "Metaspace", "replacement": "▁", "split": false], "Metaspace without split"
      ),
      (
        Self.bytePair, "added_tokens",
        [["id": 0, "content": "<s>", "single_word": true]], "single_word"
      ),
    ]
    for (object, name, value, text) in cases {
      let found = problem(object) { $0[name] = value }
      #expect(found?.clause == "unsupported" && found?.problem.contains(text) == true, "\(text)")
    }
    for name in ["dropout", "byte_fallback", "end_of_word_suffix"] {
      let value: JSONValue = name == "dropout" ? 0.1 : name == "byte_fallback" ? true : "</w>"
      #expect(problem(Self.bytePair) { setting(name, value, in: &$0) }?.clause == "unsupported")
    }
  }

  @Test func `refuses replacements that make a text much longer`() {
    let step: JSONValue = [
      "type": "Replace", "pattern": ["String": "a"], "content": "aaaaaaaaaa",
    ]
    let found = problem(Self.unigram) {
      $0["normalizer"] = ["type": "Sequence", "normalizers": [step, step]]
    }
    #expect(found?.problem.contains("100 times") == true)
    let steps = [JSONValue](repeating: ["type": "Lowercase"], count: 33)
    let many = problem(Self.unigram) {
      $0["normalizer"] = ["type": "Sequence", "normalizers": .array(steps)]
    }
    #expect(many?.problem.contains("33 steps") == true)
  }

  @Test func `refuses other classes of byte-level vocabularies`() {
    let error = #expect(throws: TokenizerError.self) {
      try load([
        "vocab.json": ["<s>": 0], "merges.txt": "#version: 0.2\n",
        "tokenizer_config.json": ["tokenizer_class": "CLIPTokenizer"],
      ])
    }
    #expect(error?.problem.contains("CLIPTokenizer") == true)
  }
}
