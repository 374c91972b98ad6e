import CKernels
import Foundation
import Testing

@Suite struct AttentionTests {
  private static let mask = rmt_dropout_mask(
    key: (1, 2), counter: (3, 4, 5), threshold: 13_107, scale: 1 / (1 - 13_107 / 0x1p16))

  /// Queries, keys and head size around slivers, blocks of 64 queries and of 516 keys.
  static let shapes: [(Int, Int, Int)] = [
    (1, 1, 7), (1, 2, 64), (2, 1, 8), (3, 5, 9), (6, 6, 12), (7, 13, 13), (8, 4, 31), (11, 512, 32),
    (16, 17, 24), (31, 33, 33), (32, 32, 32), (33, 31, 20), (61, 70, 11), (63, 65, 16),
    (64, 64, 64), (65, 515, 7), (5, 516, 10), (70, 517, 12), (128, 129, 48), (129, 40, 63),
    (66, 1_031, 32), (3, 1_033, 15), (200, 530, 24),
  ]

  @Test(arguments: KernelTable.all, shapes.indices)
  func `agrees with the reference, there and back, with dropout and without`(
    _ table: KernelTable, _ index: Int
  ) {
    let (queries, keys, head) = Self.shapes[index]
    for mask in [nil, Self.mask] {
      let head = AttentionHeadCase(queries, keys, head, mask: mask)
      let found = head.computed(by: table), expected = head.expected()
      #expect(largestError(found.logSum, expected.logSum) < 1e-6)
      #expect(largestError(found.context, expected.context) < 3e-6)
      #expect(largestError(found.query, expected.query) < 1e-5)
      #expect(largestError(found.key, expected.key) < 1e-5)
      #expect(largestError(found.value, expected.value) < 1e-5)
    }
  }

  @Test(arguments: KernelTable.all)
  func `drops the weights that the mask of a matrix of keys and queries names`(
    _ table: KernelTable
  ) {
    // With the unit matrix as values, the context is the weights.
    var head = AttentionHeadCase(130, 40, 40, mask: Self.mask)
    for index in head.value.indices {
      head.value[index] = index % head.stride == index / head.stride ? 1 : 0
    }
    let weights = head.computed(by: table).context
    for query in 0..<130 {
      for key in 0..<40 {
        let isDropped = SevenRoundPhilox.drops(Self.mask, row: key, column: query, columns: 130)
        #expect((weights[query * 40 + key] == 0) == isDropped, "key \(key), query \(query)")
      }
    }
  }

  @Test(arguments: KernelTable.all, [20, 80, 1_000])
  func `survives large scores of either sign`(_ table: KernelTable, size: Int) {
    for keys in [33, 600] {
      var head = AttentionHeadCase(35, keys, 16)
      head.scale = Float(size) / 16
      head.query = head.query.map { $0 < 0 ? -1 : 1 }
      head.key = head.key.enumerated().map { $1 < 0 ? -1 : 1 - Float($0 % 7) / 8 }
      let found = head.computed(by: table), expected = head.expected()
      // A score near `size` is known to size·2⁻²⁴ or so, which is its weight's relative error.
      let bound = 2e-6 * Double(size)
      #expect(largestError(found.logSum, expected.logSum) < 1e-6)
      #expect(largestError(found.context, expected.context) < bound)
      #expect(largestError(found.query, expected.query) < bound * Double(size))
      #expect(largestError(found.key, expected.key) < bound * Double(size))
      #expect(largestError(found.value, expected.value) < bound * 35)
    }
  }

  @Test(arguments: KernelTable.all)
  func `a query's bits do not depend on the queries beside it`(_ table: KernelTable) {
    let all = AttentionHeadCase(150, 530, 24)
    let whole = all.computed(by: table)
    for count in [1, 11, 64, 65, 100] {
      var few = all
      few.queryCount = count
      few.query = Array(all.query.prefix(count * all.stride))
      few.upstream = Array(all.upstream.prefix(count * all.stride))
      let found = few.computed(by: table)
      #expect(found.context[...] == whole.context.prefix(count * 24))
      #expect(found.logSum[...] == whole.logSum.prefix(count))
      #expect(found.query[...] == whole.query.prefix(count * 24))
    }
  }

  /// What is not a number must never come out as one: a run that diverges has to show it.
  @Test(arguments: KernelTable.all, [0, 1, 4, 515, 516, 599])
  func `NaN in a key or value reaches every query`(_ table: KernelTable, place: Int) {
    for mask in [nil, Self.mask] {
      let plain = AttentionHeadCase(70, 600, 12, mask: mask)
      var head = plain
      head.key[place * head.stride + 3] = .nan
      let withKey = head.computed(by: table)
      #expect(withKey.context.allSatisfy { $0.isNaN } && withKey.logSum.allSatisfy { $0.isNaN })
      #expect(withKey.query.allSatisfy { $0.isNaN } && withKey.value.allSatisfy { $0.isNaN })
      head = plain
      head.value[place * head.stride + 3] = .nan
      let withValue = head.computed(by: table)
      #expect(withValue.context.enumerated().allSatisfy { $1.isNaN == ($0 % 12 == 3) })
      #expect(withValue.query.allSatisfy { $0.isNaN })
    }
  }

  @Test(arguments: KernelTable.all, [0, 15, 63, 64, 69])
  func `NaN in a query stays with it on the way there and reaches all keys on the way back`(
    _ table: KernelTable, place: Int
  ) {
    var head = AttentionHeadCase(70, 40, 12)
    head.query[place * head.stride + 5] = .nan
    let found = head.computed(by: table)
    #expect(found.context.enumerated().allSatisfy { $1.isNaN == ($0 / 12 == place) })
    #expect(found.logSum.enumerated().allSatisfy { $1.isNaN == ($0 == place) })
    #expect(found.query.enumerated().allSatisfy { $1.isNaN == ($0 / 12 == place) })
    #expect(found.key.allSatisfy { $0.isNaN } && found.value.allSatisfy { $0.isNaN })
  }

  @Test func `the reference weighs values by the softmax of the scores`() {
    var head = AttentionHeadCase(1, 3, 2)
    head.scale = 1
    head.query = [1, 0, 0, 0, 0]
    head.key = [0, 9, 0, 0, 0, Float(log(2.0)), 9, 0, 0, 0, Float(log(5.0)), 9, 0, 0, 0]
    head.value = [8, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 24, 0, 0, 0]
    let found = head.expected()
    #expect(abs(found.logSum[0] - log(8)) < 1e-7)  // 1 + 2 + 5
    #expect(abs(found.context[0] - 5) < 1e-6 && abs(found.context[1] - 15) < 1e-6)
  }

  @Test func `the reference's gradients are the difference quotients`() {
    let head = AttentionHeadCase(3, 5, 4, mask: Self.mask)
    let gradients = head.expected()
    func loss(_ change: (inout AttentionHeadCase) -> Void) -> Double {
      var changed = head
      change(&changed)
      let upstream = head.upstream.enumerated()
        .filter { $0.offset % head.stride < head.headSize }.map(\.element)
      return zip(changed.expected().context, upstream).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    /// (loss(x + step) − loss(x − step)) / 2·step where the step is exact in single precision.
    func quotient(
      _ part: WritableKeyPath<AttentionHeadCase, [Float]>, _ index: Int
    ) -> Double {
      let place = index / head.headSize * head.stride + index % head.headSize
      let center = head[keyPath: part][place]
      let (upper, lower) = (center + 0x1p-12, center - 0x1p-12)
      return (loss { $0[keyPath: part][place] = upper } - loss { $0[keyPath: part][place] = lower })
        / (Double(upper) - Double(lower))
    }
    for index in gradients.query.indices {
      #expect(abs(gradients.query[index] - quotient(\.query, index)) < 1e-7)
    }
    for index in gradients.key.indices {
      #expect(abs(gradients.key[index] - quotient(\.key, index)) < 1e-7)
      #expect(abs(gradients.value[index] - quotient(\.value, index)) < 1e-7)
    }
  }
}
