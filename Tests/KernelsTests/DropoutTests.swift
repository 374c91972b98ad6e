import CKernels
import Kernels
import Randomness
import Testing

@Suite struct DropoutTests {
  private static let key: UInt64 = 0x0123_4567_89AB_CDEF

  private func mask(probability: Double) -> rmt_dropout_mask {
    rmt_dropout_mask(
      key: (UInt32(truncatingIfNeeded: Self.key), UInt32(Self.key >> 32)), counter: (5, 6, 7),
      threshold: UInt32(probability * 0x1p32), scale: 1 / (1 - probability))
  }

  @Test(arguments: KernelTable.all, [1, 63, 64, 65, 1_000])
  func `drops exactly the elements that Philox names`(_ table: KernelTable, count: Int) {
    let x = [Float](repeating: 2, count: count)
    var y = x
    var mask = mask(probability: 0.25)
    table.kernels.dropout(&mask, Int64(count), x, &y)
    let generator = Philox(key: Self.key)
    for element in 0..<count {
      let counter = UInt32(element / 64 * 16 + element % 16)
      let word = generator[[counter, 5, 6, 7]][element / 16 % 4]
      let expected: Float = word < mask.threshold ? 0 : 2 * Float(1 / 0.75)
      #expect(y[element] == expected)
    }
  }

  @Test func `a mask of the engine is that of its key, counter and probability`() {
    let x = (1...200).map(Double.init)
    var found = x, expected = x
    let key = SIMD2(UInt32(truncatingIfNeeded: Self.key), UInt32(Self.key >> 32))
    Double.dropout(
      DropoutMask(key: key, counter: [5, 6, 7], probability: 0.3), x, into: &found, count: 200)
    var mask = mask(probability: 0.3)
    reference.dropout(&mask, 200, x, &expected)
    #expect(found == expected)
  }

  @Test func `refuses more elements than a mask can tell apart`() async {
    await #expect(processExitsWith: .failure) {
      var x: Float = 1
      let mask = DropoutMask(key: [1, 2], counter: [3, 4, 5], probability: 0.5)
      withUnsafeMutablePointer(to: &x) {
        Float.dropout(mask, $0, into: $0, count: 1 << 34 + 1)
      }
    }
  }

  @Test func `drops the share that was asked for`() {
    let count = 100_000
    let x = [Double](repeating: 1, count: count)
    var y = x
    var mask = mask(probability: 0.1)
    reference.dropout(&mask, Int64(count), x, &y)
    let dropped = Double(y.count { $0 == 0 }) / Double(count)
    #expect(abs(dropped - 0.1) < 0.004)  // four standard deviations
    #expect(abs(y.reduce(0, +) / Double(count) - 1) < 0.005)
  }
}
