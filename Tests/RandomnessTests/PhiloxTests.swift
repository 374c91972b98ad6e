import Randomness
import Testing

@Suite struct PhiloxTests {
  private typealias Words = SIMD4<UInt32>

  /// Vectors of the Random123 distribution (`kat_vectors`, philox 4x32, 10 rounds).
  private static let published: [(counter: Words, key: UInt64, words: Words)] = [
    (.zero, 0, [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]),
    (
      [0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], .max,
      [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD]
    ),
    (
      [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344], 0x299F_31D0_A409_3822,
      [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1]
    ),
  ]

  @Test(arguments: 0..<3) func `gives the published words`(index: Int) {
    let vector = Self.published[index]
    #expect(Philox(key: vector.key)[vector.counter] == vector.words)
  }

  @Test func `gives other words for another key and for another counter in each lane`() {
    let generator = Philox(key: 7)
    var seen: Set<SIMD4<UInt32>> = [generator[.zero]]
    for lane in 0..<4 {
      var counter = SIMD4<UInt32>.zero
      counter[lane] = 1
      seen.insert(generator[counter])
    }
    seen.insert(Philox(key: 8)[.zero])
    seen.insert(Philox(key: 7 | 1 << 32)[.zero])
    #expect(seen.count == 7)
  }

  @Test func `derives generators that depend on every one of the four numbers`() {
    let parent = Philox(key: 7)
    var keys: Set<SIMD2<UInt32>> = [parent.key, parent.derived(.zero).key]
    for lane in 0..<4 {
      var words = SIMD4<UInt32>.zero
      words[lane] = 1
      keys.insert(parent.derived(words).key)
    }
    #expect(keys.count == 6)
    #expect(parent.derived([1, 2, 3, 4]).key == Philox(key: 7).derived([1, 2, 3, 4]).key)
  }
}
