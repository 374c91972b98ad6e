import Dispatch
import Synchronization

/// Numbers that one thread announces and another waits for.
package final class Announcements: Sendable {
  private let numbers = Mutex<[Int]>([])
  private let news = DispatchSemaphore(value: 0)

  /// None yet.
  package init() {}

  /// The numbers so far, in order.
  package var all: [Int] { numbers.withLock { $0 } }

  /// Tells a number.
  package func announce(_ number: Int) {
    numbers.withLock { $0.append(number) }
    news.signal()
  }

  /// Waits until a number is announced; `false` when that takes implausibly long.
  package func isAnnounced(_ number: Int) -> Bool {
    let deadline = DispatchTime.now() + .seconds(20)
    while !all.contains(number) {
      guard news.wait(timeout: deadline) == .success else { return false }
    }
    return true
  }
}
