import TestSupport
import Testing
import Tokenizers

struct WordPieceVocabularyTests {
  private func read(_ text: String) throws -> [String] { try read(Array(text.utf8)) }

  private func read(_ bytes: [UInt8]) throws -> [String] {
    do {
      return try WordPieceVocabulary(lines: bytes, file: "vocab.txt").tokens
    } catch {
      let folder = try TemporaryFolder()
      let path = try folder.write(bytes, to: "vocab.txt")
      try HostileFile.keep(path, format: "tokenizer", clause: clauseName(error))
      throw error
    }
  }

  @Test func `reads a piece a line with either line end`() throws {
    #expect(try read("a\nb\nc\n") == ["a", "b", "c"])
    #expect(try read("a\r\nb\r\nc\r\n") == ["a", "b", "c"])
    #expect(try read("a\nb") == ["a", "b"])
  }

  @Test func `an empty line keeps its id and empty lines at the end go`() throws {
    #expect(try read("a\n\nb\n\n\n") == ["a", "", "b"])
  }

  @Test func `leaves a byte order mark out and other white space in`() throws {
    #expect(try read("\u{FEFF}a\n b\u{2028}c \n") == ["a", " b\u{2028}c "])
  }

  @Test(arguments: ["", "\n", "\r\n\r\n", "\u{FEFF}"])
  func `refuses an empty vocabulary`(_ text: String) {
    #expect(throws: TokenizerError.emptyVocabulary(file: "vocab.txt")) { try read(text) }
  }

  @Test func `names the line that is not UTF-8`() {
    let error = #expect(throws: TokenizerError.self) {
      try read(Array("a\nb\n".utf8) + [0xE9, 0x0A])
    }
    #expect(
      error?.description == "vocab.txt, line 3: the line is not UTF-8. Save the file as UTF-8.")
  }

  @Test func `refuses a line break within a piece`() {
    #expect(throws: TokenizerError.lineBreakInToken(id: 1, file: "t")) {
      try WordPieceVocabulary(tokens: ["a", "b\nc"], file: "t")
    }
  }

  @Test func `refuses what would take gigabytes to search`() {
    func problem(_ tokens: [String]) -> String? {
      let wordPiece = #expect(throws: TokenizerError.self) {
        try WordPieceVocabulary(tokens: tokens, file: "t")
      }
      let subword = #expect(throws: TokenizerError.self) {
        try SubwordVocabulary(tokens: tokens, file: "t")
      }
      #expect(wordPiece == subword)
      return wordPiece?.problem
    }
    let long = String(repeating: "a", count: 1001)
    #expect(problem(["a", long]) == "found a piece of 1001 bytes, expected at most 1000")
    let tokens = (0..<17_000).map { "\($0)" + String(repeating: "b", count: 990) }
    #expect(problem(tokens)?.hasPrefix("found pieces of 1") == true)
    let lines = [UInt8](repeating: UInt8(ascii: "\n"), count: WordPieceVocabulary.largestCount + 1)
    #expect(
      throws: TokenizerError.vocabularyTooLarge(
        count: lines.count, limit: WordPieceVocabulary.largestCount, file: "v")
    ) { try WordPieceVocabulary(lines: lines, file: "v") }
  }

  @Test func `survives writing and reading`() throws {
    let vocabulary = try WordPieceVocabulary(tokens: ["a", "", "é", "e\u{301}", "##b"], file: "t")
    #expect(try WordPieceVocabulary(lines: vocabulary.lines, file: "t") == vocabulary)
    #expect(
      try WordPieceVocabulary(tokens: ["é"], file: "t")
        != WordPieceVocabulary(tokens: ["e\u{301}"], file: "t"))
  }
}
