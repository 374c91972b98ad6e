import CKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a team's threads find the next part of the job at hand.
///
/// One word holds all that a thread must see at once to claim a part: the part count of the job and
/// the next part. A thread claims by adding one to the word; what was in it before is its part, of
/// whichever job was up at that moment, and a job cannot end, nor its body go, while a part of it is
/// claimed and not done. A claim beyond the part count is no claim.
final class JobBoard: @unchecked Sendable {
  // Sendable although `body` is mutable: it is written between jobs and read by holders of a claim,
  // and the claim's acquire-release order lies between.

  private static let partBits: UInt64 = 32
  private static let partMask: UInt64 = (1 << partBits) - 1
  /// The most parts that a job can have; threads claim a few beyond the last.
  static let largestPartCount = 1 << 31

  /// Looks at the board before a thread goes to sleep: some ten to a few hundred microseconds, as
  /// long as the processor takes for its hint that it waits.
  private static let awakeLookCount = 4_000

  private let claims = Atomic<UInt64>(0)
  private let doneCount = Atomic<Int>(0)
  private let sleeperCount = Atomic<Int>(0)
  private let isClosed = Atomic<Bool>(false)
  private let isBusy = Atomic<Bool>(false)
  private var body: ((Int, Int) -> Void)?
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>

  init() {
    mutex = .allocate(capacity: 1)
    wake = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
  }

  deinit {
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    wake.deallocate()
    mutex.deallocate()
  }

  /// Puts a job up, works on it as lane 0, and returns when all its parts are done.
  func perform(partCount: Int, _ body: @escaping (Int, Int) -> Void) {
    precondition(partCount <= Self.largestPartCount, "a job of \(partCount) parts")
    precondition(
      !isBusy.exchange(true, ordering: .acquiring), "a team at work was asked for more work")
    self.body = body
    doneCount.store(0, ordering: .relaxed)
    claims.store(UInt64(partCount) << Self.partBits, ordering: .sequentiallyConsistent)
    if sleeperCount.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
    workOn(lane: 0)
    var looks = 0
    while doneCount.load(ordering: .acquiring) < partCount {
      looks += 1
      // Somebody who works on a part was taken off its core: leave ours to it.
      if looks > Self.awakeLookCount { sched_yield() } else { rmt_spin_hint() }
    }
    self.body = nil
    isBusy.store(false, ordering: .releasing)
  }

  /// Sends the threads home.
  func close() {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    wakeAll()
  }

  /// A thread's life: parts of one job after another until the board is closed.
  func work(lane: Int) {
    var looks = 0
    while !isClosed.load(ordering: .acquiring) {
      if hasOpenPart {
        workOn(lane: lane)
        looks = 0
      } else if looks < Self.awakeLookCount {
        looks += 1
        rmt_spin_hint()
      } else {
        sleep()
        looks = 0
      }
    }
  }

  private var hasOpenPart: Bool {
    // Sequentially consistent for the sake of `sleep`: its look must not come before its count of
    // sleepers is up, which an acquiring load may on ARM.
    let word = claims.load(ordering: .sequentiallyConsistent)
    return word & Self.partMask < word >> Self.partBits
  }

  private func workOn(lane: Int) {
    while hasOpenPart {
      let claim = claims.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
      let part = claim & Self.partMask
      guard part < claim >> Self.partBits else { return }
      run(part: Int(part), lane: lane)
      doneCount.wrappingAdd(1, ordering: .releasing)
    }
  }

  // Not inlined: whoever counts a part as done has let go of the body, which ends with its job.
  @inline(never)
  private func run(part: Int, lane: Int) { body?(part, lane) }

  private func sleep() {
    pthread_mutex_lock(mutex)
    sleeperCount.wrappingAdd(1, ordering: .sequentiallyConsistent)
    // Looked at again after the count is up: a job put up since then sees a sleeper and wakes it.
    while !hasOpenPart && !isClosed.load(ordering: .sequentiallyConsistent) {
      pthread_cond_wait(wake, mutex)
    }
    sleeperCount.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  private func wakeAll() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }
}
