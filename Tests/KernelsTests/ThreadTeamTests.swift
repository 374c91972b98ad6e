import Kernels
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct ThreadTeamTests {
  @Test(arguments: [1, 2, 5])
  func `runs every part once`(threadCount: Int) {
    let counts = UnsafeMutableBufferPointer<Int>.allocate(capacity: 100)
    defer { counts.deallocate() }
    counts.initialize(repeating: 0)
    ThreadTeam(threadCount: threadCount).perform(partCount: 100) { counts[$0] += 1 }
    #expect(counts.allSatisfy { $0 == 1 })
  }

  @Test(arguments: [1, 2, 3])
  func `never works on more parts at once than it has threads`(threadCount: Int) {
    let now = Atomic(0), most = Atomic(0)
    ThreadTeam(threadCount: threadCount).perform(partCount: 12) { _ in
      most.max(now.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
      usleep(1_000)
      now.subtract(1, ordering: .relaxed)
    }
    #expect((1...threadCount).contains(most.load(ordering: .relaxed)))
  }

  @Test(arguments: [0, 1, 7, 8, 9, 100], [1, 2, 3])
  func `ranges cover everything once and start at multiples of the grain`(
    count: Int, threadCount: Int
  ) {
    let covered = UnsafeMutableBufferPointer<Int>.allocate(capacity: count + 1)
    defer { covered.deallocate() }
    covered.initialize(repeating: 0)
    ThreadTeam(threadCount: threadCount).performRanges(of: count, grain: 8) { range, part in
      precondition(range.lowerBound % 8 == 0 && (0..<threadCount).contains(part))
      for index in range { covered[index] += 1 }
    }
    #expect(covered.dropLast().allSatisfy { $0 == 1 })
  }
}
