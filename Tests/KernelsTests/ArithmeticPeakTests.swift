import CKernels
import Kernels
import Testing

@Suite struct ArithmeticPeakTests {
  /// Every accumulator begins at its number i and halves its way to 1, so that after a few hundred
  /// iterations the sum counts the accumulators' lanes: an operation is a multiplication or an
  /// addition in one of them.
  @Test func `counts the operations that a loop does`() throws {
    for kernels in KernelTable.all {
      let loop = try #require(rmt_multiply_add_loop_named(kernels.kernels.name)).pointee
      #expect(String(cString: loop.name) == kernels.testDescription)
      #expect(2 * loop.run(500) == Double(loop.operations_per_iteration))
    }
  }

  @Test func `has no loop for other names`() {
    #expect(rmt_multiply_add_loop_named("sse9") == nil)
  }

  @Test func `is a speed that processors have`() {
    let peak = ArithmeticPeak.operationsPerSecond(measuredFor: 0.01)
    #expect(peak > 1e8 && peak < 1e12)
  }
}
