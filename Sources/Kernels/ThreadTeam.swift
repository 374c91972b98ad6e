#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A fixed number of threads that work through the numbered parts of one job after another.
///
/// The thread that asks works too; the others wait for the next job, at first awake, because in the
/// middle of a pass it comes within microseconds, then asleep. Which thread takes which part is up to
/// timing: parts write memory that no other part touches, so results are not.
package final class ThreadTeam: Sendable {
  /// Threads that work at once.
  package let threadCount: Int

  private let board: JobBoard
  private let threads: [pthread_t]

  /// A team of at least one thread; the threads end with it.
  package init(threadCount: Int) {
    precondition(threadCount >= 1, "a team needs a thread")
    self.threadCount = threadCount
    let board = JobBoard()
    self.board = board
    threads = (1..<threadCount).compactMap { lane in Self.start(lane: lane, board: board) }
  }

  deinit {
    board.close()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Runs `body(part, lane)` for the parts 0 … `partCount − 1`, on several threads when there are
  /// several, and returns when all are done.
  ///
  /// The lane, below ``threadCount``, numbers the thread: what is kept by lane is used by one part at
  /// a time. One job at a time: neither a body nor another thread may ask the team meanwhile.
  package func perform(partCount: Int, _ body: (_ part: Int, _ lane: Int) -> Void) {
    guard threads.count > 0, partCount > 1 else {
      for part in 0..<partCount { body(part, 0) }
      return
    }
    withoutActuallyEscaping(body) { board.perform(partCount: partCount, $0) }
  }

  /// Runs `body(range, lane)` on ranges that cover `0..<count`, each a multiple of `grain` long but
  /// the last; about four a thread, so that one that is held up does not hold up the rest.
  package func performRanges(
    of count: Int, grain: Int, _ body: (_ range: Range<Int>, _ lane: Int) -> Void
  ) {
    let grainCount = (count + grain - 1) / grain
    let partCount = threadCount == 1 ? min(1, grainCount) : min(4 * threadCount, grainCount)
    perform(partCount: partCount) { part, lane in
      let lower = grainCount * part / partCount * grain
      let upper = min(count, grainCount * (part + 1) / partCount * grain)
      body(lower..<upper, lane)
    }
  }

  private static func start(lane: Int, board: JobBoard) -> pthread_t? {
    let context = Unmanaged.passRetained(WorkerStart(lane: lane, board: board))
    var thread = pthread_t(bitPattern: 0)
    let status = pthread_create(&thread, nil, workerMain, context.toOpaque())
    guard status == 0 else {
      // Fewer threads than asked for are slower and compute the same.
      context.release()
      return nil
    }
    return thread
  }
}

/// What a thread of a team is told when it starts.
private final class WorkerStart {
  let lane: Int
  let board: JobBoard

  init(lane: Int, board: JobBoard) {
    self.lane = lane
    self.board = board
  }
}

#if canImport(Glibc)
  private func workerMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { work(context) }
    return nil
  }
#else
  private func workerMain(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    work(context)
    return nil
  }
#endif

private func work(_ context: UnsafeMutableRawPointer) {
  let start = Unmanaged<WorkerStart>.fromOpaque(context).takeRetainedValue()
  start.board.work(lane: start.lane)
}
