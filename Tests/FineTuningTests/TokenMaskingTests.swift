import Randomness
import Testing
import Tokenizers
import Transformer

@testable import FineTuning

@Suite struct TokenMaskingTests {
  private static let specials: [Int32] = [0, 1, 2, 3, 4]

  private func masking(_ share: Double = 0.15, wholeWords: Bool = false) throws -> TokenMasking {
    try TokenMasking(
      MaskingOptions(share: share, hidesWholeWords: wholeWords),
      tokenizer: SmallVocabulary.tokenizer(adding: ["##a", "##b", "##", ""]))
  }

  private func sequence(
    _ masking: TokenMasking, _ content: [Int32], seed: UInt64
  ) -> MaskedSequence {
    var stream = RandomStream(seed: seed)
    return masking.sequence(content[...], stream: &stream)
  }

  @Test func `of 15 % of the tokens 80 % are hidden, 10 % are others and 10 % stay`() throws {
    let masking = try masking()
    let content = (0..<200).map { Int32(5 + $0 % 40) }
    var chosen = [Int](repeating: 0, count: 202)
    var masked = 0, same = 0, others: [Int32: Int] = [:]
    let rounds = 2000
    for seed in 0..<rounds {
      let result = sequence(masking, content, seed: UInt64(seed))
      #expect(result.hidden.count == 30)
      #expect(result.tokenIDs.count == 202)
      #expect(result.tokenIDs.first == 2 && result.tokenIDs.last == 3)
      #expect(result.hidden.map(\.row) == result.hidden.map(\.row).sorted())
      var rest = result.tokenIDs
      for token in result.hidden {
        #expect(token.id == content[token.row - 1])
        chosen[token.row] += 1
        switch rest[token.row] {
        case 4: masked += 1
        case token.id: same += 1
        case let other: others[other, default: 0] += 1
        }
        rest[token.row] = token.id
      }
      // Whatever was not chosen is as it was.
      #expect(Array(rest[1...200]) == content)
    }
    let count = Double(30 * rounds)
    // Five standard deviations: √(p(1 − p)/60,000) is 0.0016 for 80 % and 0.0012 for 10 %.
    #expect(abs(Double(masked) / count - 0.8) < 0.009)
    let share = 1 / Double(SmallVocabulary.tokens.count - 5 + 3)
    #expect(abs(Double(same) / count - 0.1 - 0.1 * share) < 0.007)
    #expect(abs(Double(others.values.reduce(0, +)) / count - 0.1 * (1 - share)) < 0.007)
    // Every ordinary token is drawn, and none with a role or without a spelling.
    let ordinary = Set(5..<Int32(SmallVocabulary.tokens.count + 3))
    #expect(Set(others.keys) == ordinary)
    // Every place is as likely: 300 times of 2000, with a deviation of 16.
    #expect(chosen[0] == 0 && chosen[201] == 0)
    #expect(chosen[1...200].allSatisfy { abs($0 - 300) < 80 })
  }

  @Test func `tokens with a role are never chosen, and one token is enough`() throws {
    let masking = try masking()
    for seed in 0..<50 {
      let content: [Int32] = [1, 4, 1, 9, 1]
      let result = sequence(masking, content, seed: UInt64(seed))
      #expect(result.hidden == [MaskedToken(row: 4, id: 9)])
      #expect(sequence(masking, [1, 4], seed: UInt64(seed)).hidden.isEmpty)
      #expect(sequence(masking, [], seed: UInt64(seed)).tokenIDs == [2, 3])
    }
  }

  @Test func `a whole word is hidden or none of its pieces`() throws {
    let masking = try masking(0.3, wholeWords: true)
    let a = Int32(SmallVocabulary.tokens.count), b = a + 1
    // Words of one, three and two pieces, again and again, and pieces that continue a special token.
    let words: [Int32] = [5, 6, a, b, 7, b]
    let content: [Int32] = [a] + Array(repeating: words, count: 10).flatMap(\.self) + [1, a]
    var sizes: Set<Int> = []
    for seed in 0..<200 {
      let result = sequence(masking, content, seed: UInt64(seed))
      #expect(result.hidden.count <= 19)
      let rows = Set(result.hidden.map(\.row))
      for word in 0..<10 {
        let first = 2 + 6 * word
        for pieces in [[first], [first + 1, first + 2, first + 3], [first + 4, first + 5]] {
          let hidden = pieces.count(where: rows.contains)
          #expect(hidden == 0 || hidden == pieces.count)
          if hidden > 0 { sizes.insert(hidden) }
        }
      }
    }
    #expect(sizes == [1, 2, 3])
  }

  @Test func `a vocabulary without a mask token is refused`() throws {
    let tokens = SmallVocabulary.tokens.map { $0 == "[MASK]" ? "hidden" : $0 }
    let tokenizer = try Tokenizer(
      vocabulary: WordPieceVocabulary(tokens: tokens, file: "v"),
      settings: WordPieceSettings(lowercases: true))
    #expect(throws: PretrainingError.noMaskToken) {
      try TokenMasking(MaskingOptions(share: 0.15, hidesWholeWords: false), tokenizer: tokenizer)
    }
  }
}
