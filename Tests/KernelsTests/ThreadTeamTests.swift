import Kernels
import Testing

@Suite struct ThreadTeamTests {
  @Test(arguments: [1, 2, 5])
  func `runs every part once`(threadCount: Int) {
    let counts = UnsafeMutableBufferPointer<Int>.allocate(capacity: 100)
    defer { counts.deallocate() }
    counts.initialize(repeating: 0)
    ThreadTeam(threadCount: threadCount).perform(partCount: 100) { counts[$0] += 1 }
    #expect(counts.allSatisfy { $0 == 1 })
  }

  @Test(arguments: [0, 1, 7, 8, 9, 100], [1, 2, 3])
  func `ranges cover everything once and start at multiples of the grain`(
    count: Int, threadCount: Int
  ) {
    let covered = UnsafeMutableBufferPointer<Int>.allocate(capacity: count + 1)
    defer { covered.deallocate() }
    covered.initialize(repeating: 0)
    ThreadTeam(threadCount: threadCount).performRanges(of: count, grain: 8) { range in
      precondition(range.lowerBound % 8 == 0)
      for index in range { covered[index] += 1 }
    }
    #expect(covered.dropLast().allSatisfy { $0 == 1 })
  }
}
