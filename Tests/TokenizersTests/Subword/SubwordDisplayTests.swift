import Testing

@testable import Tokenizers

/// What people see of pieces.
struct SubwordDisplayTests {
  @Test func `byte-level pieces are shown as WordPiece spells them`() throws {
    let tokenizer = try SubwordFixture.tokenizer("roberta")
    let ids = tokenizer.encode("Mary isn't <mask> here.\nJohn é")
    #expect(
      ids.map { tokenizer.tokens[Int($0)] }
        == ["Mary", "Ġisn", "'t", "<mask>", "Ġhere", ".", "Ċ", "John", "ĠÃ", "©"])
    #expect(
      tokenizer.displayPieces(ids)
        == ["Mary", "isn", "##'t", "<mask>", "here", ".", "\n", "John", "\u{FFFD}", "##\u{FFFD}"])
    #expect(tokenizer.decode(ids) == "Mary isn't<mask> here.\nJohn é")
  }

  @Test func `marks of spaces are shown as none`() throws {
    let tokenizer = try SubwordFixture.tokenizer("albert")
    let ids = tokenizer.encode("It isn't there, Mary")
    #expect(tokenizer.decode(ids) == "it isn't there, mary")
    let pieces = tokenizer.displayPieces(ids)
    #expect(pieces.first == "it" && pieces.last == "mary" && pieces.contains(","))
    #expect(pieces.allSatisfy { !$0.contains("▁") })
  }

  @Test func `a sentence within a text begins with a space where pieces tell`() throws {
    let roberta = try SubwordFixture.tokenizer("roberta")
    #expect(roberta.encodeSentence("Mary") == roberta.encode(" Mary"))
    #expect(roberta.encodeSentence("Mary") != roberta.encode("Mary"))
    let albert = try SubwordFixture.tokenizer("albert")
    #expect(albert.encodeSentence("Mary") == albert.encode("Mary"))
  }

  @Test func `ids outside the vocabulary are left out of text`() throws {
    let tokenizer = try SubwordFixture.tokenizer("roberta")
    #expect(tokenizer.decode([-1, 1_000_000] + tokenizer.encode("here")) == "here")
  }
}
