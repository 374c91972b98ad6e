import Kernels
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct ThreadTeamTests {
  /// One, two, a few, and many more threads than any machine of ours has cores.
  static let threadCounts = [1, 2, 5, 40]

  /// How often each of so many places was visited.
  private final class Visits: Sendable {
    private let counts: Mutex<[Int]>
    init(_ count: Int) { counts = Mutex([Int](repeating: 0, count: count)) }
    func visit(_ index: Int) { counts.withLock { $0[index] += 1 } }
    var all: [Int] { counts.withLock { $0 } }
  }

  @Test(arguments: threadCounts, [0, 1, 2, 3, 100, 1_000])
  func `runs every part once`(threadCount: Int, partCount: Int) {
    let visits = Visits(partCount)
    ThreadTeam(threadCount: threadCount).perform(partCount: partCount) { part, _ in
      visits.visit(part)
    }
    #expect(visits.all.allSatisfy { $0 == 1 })
  }

  @Test(arguments: threadCounts)
  func `lends a lane to one part at a time`(threadCount: Int) {
    let team = ThreadTeam(threadCount: threadCount)
    let busy = (0..<threadCount).map { _ in Flag() }, clashes = Flag(), outside = Flag()
    for _ in 0..<50 {
      team.perform(partCount: 3 * threadCount + 1) { part, lane in
        guard busy.indices.contains(lane) else { return outside.raise() }
        if !busy[lane].take() { clashes.raise() }
        if part % 7 == 0 { usleep(50) }
        busy[lane].lower()
      }
    }
    #expect(!clashes.isUp && !outside.isUp)
  }

  @Test func `works with all of its threads at once`() {
    // Two parts that wait for each other can only end on two threads.
    let arrived = Atomic(0)
    ThreadTeam(threadCount: 2).perform(partCount: 2) { _, _ in
      arrived.add(1, ordering: .sequentiallyConsistent)
      while arrived.load(ordering: .sequentiallyConsistent) < 2 { sched_yield() }
    }
    #expect(arrived.load(ordering: .relaxed) == 2)
  }

  @Test(arguments: [2, 3])
  func `finishes a hundred thousand tiny jobs, each with its own body`(threadCount: Int) {
    let team = ThreadTeam(threadCount: threadCount)
    let numbers = UnsafeMutableBufferPointer<Int>.allocate(capacity: 3)
    defer { numbers.deallocate() }
    var wrong = 0
    for job in 0..<100_000 {
      numbers.update(repeating: -1)
      // Parts write places of their own, and the job's end makes them visible here.
      team.perform(partCount: 3) { part, _ in numbers[part] = job + part }
      for part in 0..<3 where numbers[part] != job + part { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test(arguments: [2, 5])
  func `wakes threads that fell asleep between jobs`(threadCount: Int) {
    let team = ThreadTeam(threadCount: threadCount)
    let visits = Visits(64)
    for job in 0..<20 {
      usleep(UInt32(job % 5) * 500)  // far longer than a thread stays awake
      let arrived = Atomic(0)
      team.perform(partCount: threadCount) { part, _ in
        visits.visit(part)
        // Nobody leaves before all are here: a thread that sleeps on would be missed.
        arrived.add(1, ordering: .sequentiallyConsistent)
        while arrived.load(ordering: .sequentiallyConsistent) < threadCount { sched_yield() }
      }
    }
    #expect(visits.all.prefix(threadCount).allSatisfy { $0 == 20 })
  }

  @Test func `serves jobs from one thread after another`() async {
    let team = ThreadTeam(threadCount: 3)
    let visits = Visits(30)
    for _ in 0..<50 {
      await Task.detached {
        team.perform(partCount: 30) { part, _ in visits.visit(part) }
      }.value
    }
    #expect(visits.all.allSatisfy { $0 == 50 })
  }

  @Test func `several teams work side by side, and inside one another's parts`() {
    let visits = Visits(12)
    ThreadTeam(threadCount: 4).perform(partCount: 4) { outer, _ in
      let inner = ThreadTeam(threadCount: 3)
      for _ in 0..<100 {
        inner.perform(partCount: 3) { part, _ in visits.visit(outer * 3 + part) }
      }
    }
    #expect(visits.all.allSatisfy { $0 == 100 })
  }

  @Test func `refuses a job inside a job`() async {
    await #expect(processExitsWith: .failure) {
      let team = ThreadTeam(threadCount: 2)
      team.perform(partCount: 2) { _, _ in team.perform(partCount: 2) { _, _ in } }
    }
  }

  @Test func `takes its threads along when it goes`() {
    // Awake and asleep, with work done and without: every one is joined, so hundreds can follow.
    for round in 0..<300 {
      let team = ThreadTeam(threadCount: 4)
      if round % 2 == 0 { team.perform(partCount: 4) { _, _ in } }
      if round % 50 == 0 { usleep(2_000) }
    }
    #if os(Linux)
      #expect(Self.threadCount() < 200)
    #endif
  }

  @Test(arguments: [0, 1, 7, 8, 9, 100], [1, 2, 3])
  func `ranges cover everything once and start at multiples of the grain`(
    count: Int, threadCount: Int
  ) {
    let covered = UnsafeMutableBufferPointer<Int>.allocate(capacity: count + 1)
    defer { covered.deallocate() }
    covered.initialize(repeating: 0)
    ThreadTeam(threadCount: threadCount).performRanges(of: count, grain: 8) { range, lane in
      precondition(range.lowerBound % 8 == 0 && (0..<threadCount).contains(lane))
      for index in range { covered[index] += 1 }
    }
    #expect(covered.dropLast().allSatisfy { $0 == 1 })
  }

  /// Threads of this process now.
  private static func threadCount() -> Int {
    guard let folder = opendir("/proc/self/task") else { return 0 }
    defer { closedir(folder) }
    var count = -2  // . and ..
    while readdir(folder) != nil { count += 1 }
    return count
  }
}

/// A flag that any thread may raise.
private final class Flag: Sendable {
  private let value = Atomic(false)
  var isUp: Bool { value.load(ordering: .sequentiallyConsistent) }
  func raise() { value.store(true, ordering: .sequentiallyConsistent) }
  func lower() { value.store(false, ordering: .sequentiallyConsistent) }
  /// Raises it; false when it was up already.
  func take() -> Bool { !value.exchange(true, ordering: .sequentiallyConsistent) }
}
