import Dispatch
import TestSupport
import Testing

@testable import TensorStorage

@Suite struct LookaheadTests {
  private struct Refusal: Error {}

  @Test func `values come in the order of their numbers, and then none`() throws {
    for numbers in [0..<0, 3..<4, 5..<50] {
      let values = Lookahead(numbers) { $0 * $0 }
      for number in numbers { #expect(try values.next() == number * number) }
      #expect(try values.next() == nil)
      #expect(try values.next() == nil)
    }
  }

  @Test func `the next value is made while one is in use, and none beyond it`() throws {
    let made = Announcements()
    let values = Lookahead(0..<6) { number in
      made.announce(number)
      return number
    }
    for number in 0..<6 {
      #expect(try values.next() == number)
      // Nobody asks for another value here: a loop would not go on.
      if number < 5 { try #require(made.isAnnounced(number + 1)) }
      #expect(made.all == Array(0...min(number + 1, 5)))
    }
  }

  @Test func `a value that cannot be made is an error in its place, and the end`() throws {
    let values = Lookahead(0..<9) { number in
      if number == 2 { throw Refusal() }
      return number
    }
    #expect(try values.next() == 0)
    #expect(try values.next() == 1)
    #expect(throws: Refusal.self) { try values.next() }
    #expect(try values.next() == nil)
  }

  @Test func `who waits can stop waiting, and come back`() throws {
    let gate = DispatchSemaphore(value: 0)
    let values = Lookahead(0..<1) { number in
      gate.wait()
      return number
    }
    #expect(throws: Refusal.self) { try values.next(whileWaiting: { throw Refusal() }) }
    gate.signal()
    #expect(try values.next() == 0)
  }
}
