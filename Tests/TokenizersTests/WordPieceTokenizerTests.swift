import Testing
import Tokenizers

struct WordPieceTokenizerTests {
  private static let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

  private func tokenizer(
    _ pieces: [String], _ settings: WordPieceSettings = WordPieceSettings(lowercases: true)
  ) throws -> WordPieceTokenizer {
    let vocabulary = try WordPieceVocabulary(tokens: Self.special + pieces, file: "vocab.txt")
    return try WordPieceTokenizer(vocabulary: vocabulary, settings: settings)
  }

  @Test func `takes the longest piece from the left`() throws {
    let tokenizer = try tokenizer(["un", "una", "##aff", "##affable", "##ff", "##able"])
    #expect(tokenizer.encode("unaffable") == [6, 9, 10])
    #expect(tokenizer.encode("un") == [5])
    // Greedy without a way back: nothing continues `una` + `ff` with a lone b.
    #expect(tokenizer.encode("unaffb una") == [1, 6])
  }

  @Test func `a word that pieces cannot make is one unknown token`() throws {
    let tokenizer = try tokenizer(["a", "##a"])
    #expect(tokenizer.encode("aaab b aaa ab") == [1, 1, 5, 6, 6, 1])
  }

  @Test func `a document keeps nothing of what frames a segment`() throws {
    let tokenizer = try tokenizer(["a", "b"])
    #expect(tokenizer.encodeDocument("[CLS] a [SEP] [MASK] b c [PAD]") == [5, 4, 6, 1])
    #expect(tokenizer.removingFrame(from: [2, 5, 3, 3, 0, 1]) == [5, 1])
    // Without [PAD] id 0, the padding's role, belongs to another piece, which stays.
    let names = Array(Self.special.dropFirst())
    let unpadded = try WordPieceTokenizer(
      vocabulary: WordPieceVocabulary(tokens: ["a"] + names, file: "vocab.txt"),
      settings: WordPieceSettings(lowercases: true))
    #expect(unpadded.encodeDocument("a [SEP]") == [0])
  }

  @Test(arguments: [(99, false), (100, false), (101, true)])
  func `a word of more than a hundred characters is unknown`(_ count: Int, _ isUnknown: Bool) throws
  {
    let tokenizer = try tokenizer(["a", "##a", "я", "##я"])
    for letter in ["a", "я"] {
      let ids = tokenizer.encode(String(repeating: letter, count: count))
      #expect(ids.count == (isUnknown ? 1 : count))
      #expect((ids == [1]) == isUnknown)
    }
  }

  @Test func `special tokens are found before normalisation, the longest first`() throws {
    let settings = WordPieceSettings(
      lowercases: true,
      addedTokens: [
        AddedToken(content: "<X>", isNormalized: false),
        AddedToken(content: "<X><Y>", isNormalized: false),
      ])
    let tokenizer = try tokenizer(["a", "b", "<X>", "<X><Y>"], settings)
    #expect(tokenizer.encode("a[SEP]b [CLS] [sep]") == [5, 3, 6, 2, 1, 1, 1])
    #expect(tokenizer.encode("<X>a<X><Y><X>") == [7, 5, 8, 7])
    #expect(tokenizer.encode("[SE[SEP][SEP") == [1, 1, 3, 1, 1])
  }

  @Test func `an empty text has no ids`() throws {
    let tokenizer = try tokenizer(["a"])
    #expect(tokenizer.encode("") == [])
    #expect(tokenizer.encode(" \n\t\u{0}\u{200B}\u{3000}") == [])
  }

  @Test func `the last of two equal pieces counts, and decomposed pieces are pieces of their own`()
    throws
  {
    let tokenizer = try tokenizer(
      ["dup", "é", "e\u{301}", "dup"], WordPieceSettings(lowercases: false))
    #expect(tokenizer.encode("dup é e\u{301}") == [8, 6, 7])
    #expect(tokenizer.id(of: "\u{E9}") == 6)
  }

  @Test func `a vocabulary without continuations makes no partial words`() throws {
    let tokenizer = try tokenizer(["ab", "abc"])
    #expect(tokenizer.encode("ab abc abcd") == [5, 6, 1])
  }

  @Test func `a word or a literal that never ends takes linear time`() throws {
    let tokenizer = try tokenizer(["a", "##a"])
    let clock = ContinuousClock()
    let duration = clock.measure {
      #expect(tokenizer.encode(String(repeating: "a", count: 500_000)) == [1])
      let brackets = tokenizer.encode(String(repeating: "[MASK", count: 25_000))
      #expect(brackets.count == 50_000)
    }
    #expect(duration < .seconds(20))
  }

  @Test func `decodes pieces into text`() throws {
    let tokenizer = try tokenizer(["un", "##aff", "##able", "!"])
    #expect(tokenizer.decode([2, 5, 6, 7, 8, 3]) == "[CLS] unaffable ! [SEP]")
    #expect(tokenizer.decode([-1, 5, 99]) == "un")
    #expect(tokenizer.decode([Int32]()) == "")
  }

  @Test(arguments: ["[UNK]", "[CLS]", "[SEP]"])
  func `refuses a vocabulary without a token that every text needs`(_ name: String) throws {
    let vocabulary = try WordPieceVocabulary(
      tokens: Self.special.filter { $0 != name } + ["a"], file: "vocab.txt")
    let error = #expect(throws: TokenizerError.self) {
      try WordPieceTokenizer(
        vocabulary: vocabulary, settings: WordPieceSettings(lowercases: true), file: "vocab.txt")
    }
    #expect(error?.description.hasPrefix("vocab.txt: the vocabulary has no \(name)") == true)
  }

  @Test func `does without padding and mask tokens`() throws {
    let vocabulary = try WordPieceVocabulary(tokens: ["[UNK]", "[CLS]", "[SEP]"], file: "v")
    let tokenizer = try WordPieceTokenizer(
      vocabulary: vocabulary, settings: WordPieceSettings(lowercases: true))
    #expect(tokenizer.specialTokens.padding == 0 && tokenizer.specialTokens.mask == nil)
    #expect(tokenizer.encode("[MASK]") == [0, 0, 0])
  }
}
