import Testing

@testable import Tokenizers

/// Merging with and without a queue, against the rule as it is written down.
struct BytePairEncoderTests {
  private static let tokens = [
    "a", "b", "c", "ab", "bc", "abc", "aa", "aab", "cab", "abab", "aaaa",
  ]
  private static let merges: [(String, String)] = [
    ("a", "b"), ("b", "c"), ("a", "a"), ("ab", "c"), ("a", "bc"), ("aa", "b"), ("c", "ab"),
    ("ab", "ab"), ("aa", "aa"),
  ]

  private func id(_ token: String) -> Int32 {
    Int32(Self.tokens.firstIndex(of: token) ?? -1)
  }

  private var encoder: BytePairEncoder {
    BytePairEncoder(
      BytePairModel(
        merges: Self.merges.map {
          BytePairMerge(left: id($0), right: id($1), piece: id($0 + $1))
        }, unknown: nil, joinsUnknown: false, keepsWholeWords: false),
      tokens: Self.tokens)
  }

  /// The pair of lowest rank, the leftmost of equal ones, until none is left.
  private func rule(_ word: String) -> [Int32] {
    var pieces = word.map(String.init)
    while true {
      var best: (rank: Int, place: Int)?
      for place in pieces.indices.dropLast() {
        guard
          let rank = Self.merges.firstIndex(where: {
            $0 == pieces[place] && $1 == pieces[place + 1]
          })
        else { continue }
        if rank < best?.rank ?? .max { best = (rank, place) }
      }
      guard let best else { return pieces.map(id) }
      pieces[best.place] += pieces.remove(at: best.place + 1)
    }
  }

  @Test func `merges short and long words by the rule`() {
    let encoder = encoder
    var state: UInt64 = 7
    for count in [0, 1, 2, 3, 5, 8, 13, 23, 24, 25, 26, 40, 97] {
      for _ in 0..<40 {
        let word = String(
          (0..<count).map { _ -> Character in
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return ["a", "a", "b", "c"][Int(state >> 33) % 4]
          })
        var ids: [Int32] = []
        Array(word.utf8).withUnsafeBufferPointer { encoder.append($0, to: &ids) }
        #expect(ids == rule(word), "\(word)")
      }
    }
  }

  @Test func `bytes without a piece are left out, or unknown one by one or together`() {
    func encode(_ unknown: Int32?, joins: Bool) -> [Int32] {
      let encoder = BytePairEncoder(
        BytePairModel(
          merges: [], unknown: unknown, joinsUnknown: joins, keepsWholeWords: false),
        tokens: Self.tokens)
      var ids: [Int32] = []
      Array("xxaxyb".utf8).withUnsafeBufferPointer { encoder.append($0, to: &ids) }
      return ids
    }
    #expect(encode(nil, joins: false) == [0, 1])
    #expect(encode(9, joins: false) == [9, 9, 0, 9, 9, 1])
    #expect(encode(9, joins: true) == [9, 0, 9, 1])
  }
}
