import Randomness
import Testing
import Transformer

@testable import RecurrentMemory

@Suite struct MemoryMixupTests {
  private let mixup = MemoryMixup(probability: 0.3, generator: Philox(key: 5))

  @Test func `as many memories are disturbed as asked, by less than half`() {
    let shares = (0..<10_000).map { mixup.share(segment: 3, sample: $0, otherCount: 7) }
    let found = shares.compactMap(\.self)
    #expect((2_800...3_200).contains(found.count))
    #expect(found.allSatisfy { (0...0.4).contains($0.share) })
    #expect(abs(found.reduce(0) { $0 + $1.share } / Double(found.count) - 0.2) < 0.01)
    #expect(Set(found.map(\.other)) == Set(0..<7))
  }

  @Test func `the way back meets what the way there drew, another segment something else`() throws {
    let certain = MemoryMixup(probability: 1, generator: Philox(key: 5))
    let one = try #require(certain.share(segment: 1, sample: 2, otherCount: 16))
    let again = try #require(certain.share(segment: 1, sample: 2, otherCount: 16))
    let other = try #require(certain.share(segment: 2, sample: 1, otherCount: 16))
    #expect(one.share == again.share && one.other == again.other)
    #expect(one.share != other.share)
    #expect(certain.share(segment: 1, sample: 2, otherCount: 0) == nil)
  }

  @Test func `a bank keeps the last sixteen memories`() {
    let bank = MemoryBank<Double>(memoryElementCount: 1)
    func mixed(_ other: Int) -> Double {
      var memory = 0.0
      bank.mix(MemoryMixup.Share(share: 0.25, other: other), into: &memory)
      return memory
    }
    for number in 0..<20 {
      var memory = Double(number)
      bank.keep(&memory)
    }
    #expect(bank.count == 16)
    #expect((0..<16).map { mixed($0) * 4 } == [16, 17, 18, 19] + Array(4..<16).map(Double.init))
    bank.clear()
    #expect(bank.count == 0)
  }

  @Test(arguments: RecurrentObjective.LossSegments.allCases)
  func `gradients through mixed memories are difference quotients`(
    lossSegments: RecurrentObjective.LossSegments
  ) throws {
    let batch = try RecurrentBatch<Double>(dropout: 0, threadCount: 1)
    let objective = RecurrentObjective(lossSegments: lossSegments, backpropagation: .full)
    let mixup = MemoryMixup(probability: 1, generator: Philox(key: 6))
    let gradients = ParameterStore<Double>(batch.model)
    // The memories that are mixed in come from a pass before, with the numbers as they are: to the
    // gradient they are constants.
    func loss(into gradients: ParameterStore<Double>?, after move: () -> Void = {}) -> Double {
      _ = batch.loss(objective, into: nil, memoryMixup: mixup)
      move()
      return batch.loss(objective, into: gradients, firstSample: 4, memoryMixup: mixup)
    }
    #expect(abs(loss(into: gradients) - batch.loss(objective, into: nil)) > 1e-6)
    batch.expectSlopes(gradients, seed: 12) { loss(into: nil, after: $0) }
  }

  @Test func `replay meets the same mixed memories`() throws {
    let batch = try RecurrentBatch<Float>(
      dropout: 0.25, threadCount: 1, tokenCounts: [36, 1, 5, 11, 16, 33, 24, 8])
    func gradients(_ backpropagation: Backpropagation, mixes: Bool = true) -> [Float] {
      let store = ParameterStore<Float>(batch.model)
      let objective = RecurrentObjective(lossSegments: .last, backpropagation: backpropagation)
      for first in [0, 8] {
        _ = batch.loss(
          objective, into: store, firstSample: first, memoryMixup: mixes ? mixup : nil)
      }
      return Array(store.elements)
    }
    let full = gradients(.full)
    #expect(gradients(.replay) == full)
    #expect(gradients(.full, mixes: false) != full)
  }
}
