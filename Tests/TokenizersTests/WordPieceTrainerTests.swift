import JSON
import TestSupport
import Testing
import Tokenizers

@Suite struct WordPieceTrainerTests {
  private func vocabulary(
    _ texts: [String], _ maximumCount: Int, minimumFrequency: Int = 1,
    alphabetLimit: Int = WordPieceTrainer.largestAlphabet
  ) throws -> [String] {
    var trainer = WordPieceTrainer(settings: WordPieceSettings(lowercases: true))
    for text in texts { trainer.add(text) }
    return try trainer.vocabulary(
      maximumCount: maximumCount, minimumFrequency: minimumFrequency, alphabetLimit: alphabetLimit
    ).tokens
  }

  private static let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

  @Test func `learns the pieces of the reference in its order`() throws {
    let golden = try JSONValue(
      contentsOf: Fixtures.path("tokenizer/trained.json"), maximumByteCount: 1 << 20)
    let counts = try #require(golden["counts"]?.object)
    let texts = counts.members.map { member in
      Array(repeating: member.name, count: member.value.integer ?? 0).joined(separator: " ")
    }
    for golden in try #require(golden["cases"]?.array) {
      let lowercases: Bool = try #require(golden["lowercase"]?.bool as Bool?)
      var trainer = WordPieceTrainer(settings: WordPieceSettings(lowercases: lowercases))
      for text in texts { trainer.add(text) }
      let tokens = try trainer.vocabulary(
        maximumCount: try #require(golden["size"]?.integer),
        minimumFrequency: try #require(golden["frequency"]?.integer)
      ).tokens
      func strings(_ name: String) -> [String] {
        golden[name]?.array?.compactMap(\.string) ?? []
      }
      let characters = Set(strings("characters"))
      #expect(tokens.prefix(5) == Self.special[...])
      #expect(Set(tokens.dropFirst(5).prefix(characters.count)) == characters)
      #expect(Array(tokens.dropFirst(5 + characters.count)) == strings("learned"))
    }
  }

  @Test func `special tokens, characters, continuations, then pairs by frequency`() throws {
    // hug 10, pug 5, hugs 5: "##ug" 20 of them in all, then "hug" 15, "pug" and "hugs" 5 each.
    let text =
      Array(repeating: "hug", count: 10).joined(separator: " ")
      + String(repeating: " pug hugs", count: 5)
    let characters = ["g", "h", "p", "s", "u", "##g", "##s", "##u"]
    #expect(
      try vocabulary([text], 17)
        == Self.special + characters + ["##ug", "hug", "pug", "hugs"])
    #expect(
      try vocabulary([text], 17, minimumFrequency: 6)
        == Self.special + characters + ["##ug", "hug"])
    #expect(try vocabulary([text], 15).suffix(2) == ["##ug", "hug"])
  }

  @Test func `pairs that overlap are counted as they are merged`() throws {
    // a ##a ##a ##a has ##a ##a twice, merged once: a ##aa ##a, and of two pairs the left one is first.
    #expect(try vocabulary(["aaaa"], 20) == Self.special + ["a", "##a", "##aa", "aaa", "aaaa"])
  }

  @Test func `keeps to the limits and takes the most frequent characters`() throws {
    #expect(try vocabulary(["aaa b"], 7) == Self.special + ["a", "##a"])
    #expect(
      try vocabulary(["ab ab cd"], 30, alphabetLimit: 2) == Self.special + ["a", "b", "##b", "ab"])
    #expect(throws: TokenizerError.self) { try vocabulary(["a"], 6) }
    #expect(throws: TokenizerError.noWords(file: "the trained vocabulary")) {
      try vocabulary([" \n"], 10)
    }
  }

  @Test func `tells characters without room and the words that lose by them`() throws {
    var trainer = WordPieceTrainer(settings: WordPieceSettings(lowercases: true))
    trainer.add("ab ab abc d")
    for (limit, characterCount, wordShare) in [(2, 2, 0.5), (3, 1, 0.25), (4, 0, 0.0)] {
      let leftOut = trainer.leftOut(
        by: try trainer.vocabulary(maximumCount: 30, minimumFrequency: 1, alphabetLimit: limit))
      #expect(leftOut == (characterCount, wordShare))
    }
  }

  @Test func `the order of the texts makes no difference`() throws {
    let texts = ["one two three two", "three four ünf four", "one four"]
    #expect(try vocabulary(texts, 60) == vocabulary(texts.reversed(), 60))
  }

  @Test func `leaves no word of the texts unknown`() throws {
    let text = "The quick brown fox, Ünter 中文! [SEP] don't"
    var trainer = WordPieceTrainer(settings: WordPieceSettings(lowercases: true))
    trainer.add(text)
    let tokenizer = try WordPieceTokenizer(
      vocabulary: trainer.vocabulary(maximumCount: 90, minimumFrequency: 1),
      settings: WordPieceSettings(lowercases: true))
    let ids = tokenizer.encode(text)
    #expect(UnknownShare(of: ids, unknown: tokenizer.specialTokens.unknown).unknownCount == 0)
    #expect(tokenizer.decode(tokenizer.encode("quick")) == "quick")
  }
}
