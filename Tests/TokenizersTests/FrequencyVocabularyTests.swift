import Testing
import Tokenizers

struct FrequencyVocabularyTests {
  private let settings = WordPieceSettings(lowercases: true)

  private func vocabulary(_ texts: [String], _ maximumCount: Int) throws -> [String] {
    var builder = FrequencyVocabulary(settings: settings)
    for text in texts { builder.add(text) }
    return try builder.vocabulary(maximumCount: maximumCount).tokens
  }

  @Test func `holds special tokens, characters, continuations, then words by frequency`() throws {
    let tokens = try vocabulary(["The cab; the cab, the bat. A bat!", "ab ta ta"], 100)
    #expect(
      tokens == [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "!", ",", ".", ";", "a", "b", "c", "e", "h",
        "t", "##!", "##,", "##.", "##;", "##a", "##b", "##c", "##e", "##h", "##t", "the", "bat",
        "cab", "ta", "ab",
      ])
  }

  @Test func `keeps to the limit and takes the most frequent`() throws {
    #expect(try vocabulary(["aa aa bb"], 10).suffix(1) == ["aa"])
    #expect(try vocabulary(["aaa b"], 7).suffix(2) == ["a", "##a"])
    #expect(throws: TokenizerError.self) { try vocabulary(["a"], 5) }
  }

  @Test func `the order of the texts makes no difference`() throws {
    let texts = ["one two three two", "three four ünf four", "one four"]
    #expect(try vocabulary(texts, 60) == vocabulary(texts.reversed(), 60))
  }

  @Test func `leaves no word of its characters unknown`() throws {
    var builder = FrequencyVocabulary(settings: settings)
    builder.add("The quick brown fox, Ünter 中文!")
    let tokenizer = try WordPieceTokenizer(
      vocabulary: builder.vocabulary(maximumCount: 90), settings: settings)
    let ids = tokenizer.encode("quick TUX born 文! FOXTROT")
    #expect(UnknownShare(of: ids, unknown: tokenizer.specialTokens.unknown).unknownCount == 0)
  }
}
