import Randomness
import Testing

@testable import FineTuning

@Suite struct FactPositionsTests {
  @Test func `the published protocol has every fact in segment 0 and draws nothing`() {
    var stream = RandomStream(seed: 1)
    var twin = stream
    #expect(
      FactPositions.first.segments(factCount: 3, segmentCount: 9, stream: &stream) == [0, 0, 0])
    #expect(stream.index(below: 1 << 40) == twin.index(below: 1 << 40))
  }

  @Test func `random positions draw each fact's segment on its own and evenly`() {
    var stream = RandomStream(seed: 2)
    var counts = [[Int]: Int]()
    for _ in 0..<9000 {
      counts[
        FactPositions.random.segments(factCount: 2, segmentCount: 3, stream: &stream), default: 0
      ] += 1
    }
    // All nine pairs, the second before the first among them; six standard deviations are 179.
    #expect(counts.count == 9)
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 179 })
  }

  @Test func `facts open their segments and follow each other in the same one`() {
    let facts = TaskDocument.Fact.opening(
      segments: [2, 0, 2, 1], segmentSize: 10, facts: [[1, 1, 1], [2], [3, 3], [4]])
    #expect(facts.map(\.position) == [20, 0, 23, 10])
    #expect(facts.map(\.tokenIDs) == [[1, 1, 1], [2], [3, 3], [4]])
  }
}
