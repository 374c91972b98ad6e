import Dispatch

/// A fixed number of threads that work through numbered parts of one job side by side.
package struct ThreadTeam: Sendable {
  /// Threads that work at once.
  package let threadCount: Int

  /// A team of at least one thread.
  package init(threadCount: Int) {
    precondition(threadCount >= 1, "a team needs a thread")
    self.threadCount = threadCount
  }

  /// Runs `body(0)` … `body(partCount − 1)`, on several threads when there are several, and returns
  /// when all are done.
  ///
  /// Parts may run in any order and at once: each must write memory that no other part touches, and
  /// then the result does not depend on timing.
  package func perform(partCount: Int, _ body: (Int) -> Void) {
    let laneCount = min(threadCount, partCount)
    guard laneCount > 1 else {
      for part in 0..<partCount { body(part) }
      return
    }
    withoutActuallyEscaping(body) { body in
      let job = Job(body: body)
      // As many iterations as threads: Dispatch alone would take every core of the machine.
      DispatchQueue.concurrentPerform(iterations: laneCount) { lane in
        for part in stride(from: lane, to: partCount, by: laneCount) { job.body(part) }
      }
    }
  }

  /// Runs `body(range, part)` on up to `threadCount` ranges that cover `0..<count`, each a multiple
  /// of `grain` long but the last, and numbered from 0.
  package func performRanges(
    of count: Int, grain: Int, _ body: (_ range: Range<Int>, _ part: Int) -> Void
  ) {
    let grainCount = (count + grain - 1) / grain
    let partCount = min(threadCount, grainCount)
    guard partCount > 1 else {
      body(0..<count, 0)
      return
    }
    perform(partCount: partCount) { part in
      let lower = grainCount * part / partCount * grain
      let upper = min(count, grainCount * (part + 1) / partCount * grain)
      body(lower..<upper, part)
    }
  }

  // Sendable by the contract of `perform`: parts write disjoint memory.
  private struct Job: @unchecked Sendable {
    let body: (Int) -> Void
  }
}
