import CKernels

/// The fastest that one core can multiply and add, measured and not looked up.
package enum ArithmeticPeak {
  /// Floating-point operations a second of the instruction set in use, by a loop of multiplications
  /// with additions that never leaves the registers; a multiplication with its addition is two.
  ///
  /// On a machine that others use too the best of many short runs comes closest to the truth.
  ///
  /// - Parameter seconds: how long to look for the best run.
  package static func operationsPerSecond(measuredFor seconds: Double) -> Double {
    guard let loop = rmt_multiply_add_loop_named(InstructionSet.activeName) else {
      preconditionFailure("no multiply-add loop for \(InstructionSet.activeName)")
    }
    let operationsPerIteration = Double(loop.pointee.operations_per_iteration)
    let iterationCount = 100_000
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    var best = 0.0
    repeat {
      var result = 0.0
      let time = clock.measure { result = loop.pointee.run(Int64(iterationCount)) }
      precondition(result > 0, "the multiply-add loop gave \(result)")
      best = max(best, operationsPerIteration * Double(iterationCount) / (time / .seconds(1)))
    } while clock.now < end
    return best
  }
}
