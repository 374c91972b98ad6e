import Randomness
import Testing

@testable import FineTuning

@Suite struct FactPositionsTests {
  private static func place(
    _ positions: FactPositions, _ facts: [[Int32]], segmentCount: Int, keepsOrder: Bool = false,
    _ stream: inout RandomStream
  ) -> [Int] {
    let placed = positions.place(
      facts, keepsOrder: keepsOrder,
      length: DocumentLength(segmentCount: segmentCount, segmentSize: 10), questionTokenCount: 4,
      stream: &stream)
    #expect(placed.map(\.tokenIDs) == facts)
    return placed.map(\.position)
  }

  @Test func `the published protocol has every fact in segment 0 and draws nothing`() {
    var stream = RandomStream(seed: 1)
    var twin = stream
    let places = Self.place(.first, [[1, 1], [2], [3]], segmentCount: 9, &stream)
    #expect(places == [0, 2, 3])
    #expect(stream.index(below: 1 << 40) == twin.index(below: 1 << 40))
  }

  @Test func `random positions draw each fact's segment on its own and evenly`() {
    var stream = RandomStream(seed: 2)
    var counts = [[Int]: Int]()
    for _ in 0..<9000 {
      counts[Self.place(.random, [[1, 1], [2]], segmentCount: 3, &stream), default: 0] += 1
    }
    // All nine pairs, the second before the first among them, each opening its segment or directly
    // behind the first; six standard deviations are 179.
    #expect(
      Set(counts.keys) == [
        [0, 2], [0, 10], [0, 20], [10, 0], [10, 12], [10, 20], [20, 0], [20, 10], [20, 22],
      ])
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 179 })
  }

  @Test func `anywhere is any token from which a fact ends in its segment`() {
    var stream = RandomStream(seed: 3)
    var counts = [Int: Int]()
    for _ in 0..<8000 {
      counts[Self.place(.anywhere, [[1, 1, 1]], segmentCount: 2, &stream)[0], default: 0] += 1
    }
    // Eight places in the first segment, four in the last, before its question.
    #expect(Set(counts.keys) == Set(Array(0...7) + Array(10...13)))
    // Segments are drawn first, so that those of the last are twice as likely; six deviations.
    #expect((0...7).allSatisfy { abs((counts[$0] ?? 0) - 500) < 131 })
    #expect((10...13).allSatisfy { abs((counts[$0] ?? 0) - 1000) < 178 })
  }

  @Test func `facts anywhere in one segment follow each other, with or without a gap`() {
    var stream = RandomStream(seed: 4)
    var pairs = Set<[Int]>()
    for _ in 0..<2000 {
      pairs.insert(Self.place(.anywhere, [[1, 1], [2, 2]], segmentCount: 1, &stream))
    }
    // Six tokens before the question, four of facts.
    #expect(pairs == [[0, 2], [0, 3], [0, 4], [1, 3], [1, 4], [2, 4]])
  }

  @Test(arguments: [FactPositions.random, .anywhere])
  func `where the order counts facts rise through the document`(_ positions: FactPositions) {
    var stream = RandomStream(seed: 5)
    for _ in 0..<500 {
      let places = Self.place(
        positions, [[1], [2], [3]], segmentCount: 4, keepsOrder: true, &stream)
      #expect(places == places.sorted())
    }
  }
}
