import Dispatch
import Synchronization

/// Numbered values, each made on another thread while the one before it is in use.
///
/// What is made is a function of the number alone, so the values are those of a plain loop, whatever
/// the timing. One value at a time is made, and never more than one ahead.
package final class Lookahead<Value: Sendable> {
  /// A value that is being made, and the news that it is.
  private final class Pending: Sendable {
    let isMade = DispatchSemaphore(value: 0)
    let result = Mutex<Result<Value, any Error>?>(nil)
  }

  private let make: @Sendable (Int) throws -> Value
  private var numbers: Range<Int>
  private var pending: Pending?
  // Of its own: the threads of the common queues are those that compute.
  private let queue = DispatchQueue(label: "lookahead", qos: .userInitiated)

  /// The values of `numbers`, in order; the first begins to be made.
  package init(_ numbers: Range<Int>, make: @escaping @Sendable (Int) throws -> Value) {
    self.numbers = numbers
    self.make = make
    begin()
  }

  /// The next value, while the one after it begins to be made; `nil` after the last.
  ///
  /// - Parameter whileWaiting: called twice a second until the value is made; when it throws, the
  ///   value stays the next one.
  /// - Throws: what making the value threw, and after that there is none any more; what
  ///   `whileWaiting` throws.
  package func next(whileWaiting: () throws -> Void = {}) throws -> Value? {
    guard let pending else { return nil }
    while pending.isMade.wait(timeout: .now() + .milliseconds(500)) == .timedOut {
      try whileWaiting()
    }
    self.pending = nil
    let value = try pending.result.withLock { $0 }?.get()
    begin()
    return value
  }

  private func begin() {
    guard let number = numbers.popFirst() else { return }
    let pending = Pending()
    self.pending = pending
    queue.async { [make] in
      let result = Result { try make(number) }
      pending.result.withLock { $0 = result }
      pending.isMade.signal()
    }
  }
}
