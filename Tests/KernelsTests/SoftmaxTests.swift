import CKernels
import Foundation
import Testing

@Suite struct SoftmaxTests {
  @Test(arguments: KernelTable.all, [1, 7, 8, 15, 16, 17, 1023, 1025, 4000])
  func `is within its bound of the reference and writes nothing beside`(
    _ table: KernelTable, count: Int
  ) {
    for spread: Float in [0.1, 10] {
      let x = randomFloats(count, seed: 30, spread: spread)
      let found = GuardedNumbers(x)
      var expected = wide(x), largest: Float = 0, expectedLargest = 0.0
      let logSum = table.kernels.softmax(Int64(count), 0.25, found.pointer, &largest)
      let expectedLogSum = reference.softmax(Int64(count), 0.25, &expected, &expectedLargest)
      let bound = (80 + 2 * Double(x.map(abs).max() ?? 0)) * 0x1p-24
      #expect(abs(logSum - expectedLogSum) <= bound)
      #expect(Double(largest) == expectedLargest && largest == x.max())
      for (value, exact) in zip(found.values, expected) {
        #expect(abs(Double(value) - exact) <= bound * exact + 1.2e-38)
      }
      #expect(found.isIntact)
    }
  }

  @Test func `the reference is scale·exp x over its sum`() {
    var x = [0.0, log(3), -1000], largest = 0.0
    #expect(reference.softmax(3, 2, &x, &largest) == log(4))
    #expect(x[2] == 0 && abs(x[0] - 0.5) < 1e-15 && abs(x[1] - 1.5) < 1e-15)
    #expect(largest == log(3))
  }

  @Test(arguments: KernelTable.all)
  func `large logits do not overflow, and NaN shows`(_ table: KernelTable) {
    var x: [Float] = [1e30, 0, -1e30], largest: Float = 0
    #expect(table.kernels.softmax(3, 1, &x, &largest) == Double(Float(1e30)))
    #expect(x[0] == 1 && x[1] < 1e-37 && x[2] < 1e-37)
    for place in 0..<3 {
      var x: [Float] = [1, 2, 3]
      x[place] = .nan
      #expect(table.kernels.softmax(3, 1, &x, &largest).isNaN)
    }
  }
}
