import CKernels
import Foundation
import Testing

@Suite struct AdamWTests {
  /// Four arrays that a step works on, one vector and a bit more long.
  private struct State {
    var gradient = randomFloats(37, seed: 16)
    var parameter = randomFloats(37, seed: 17)
    var first = randomFloats(37, seed: 18)
    var second = randomFloats(37, seed: 19).map { $0 * $0 }

    mutating func advance(_ table: KernelTable, _ formula: AdamWFormula) {
      var constants = formula.constants
      let memory = [gradient, parameter, first, second].map(GuardedNumbers.init)
      table.kernels.adamw(
        &constants, Int64(gradient.count), memory[0].pointer, memory[1].pointer,
        memory[2].pointer, memory[3].pointer)
      (gradient, parameter) = (memory[0].values, memory[1].values)
      (first, second) = (memory[2].values, memory[3].values)
      #expect(memory.allSatisfy { $0.isIntact })
    }
  }

  @Test(arguments: KernelTable.all, [Double.infinity, 0.25])
  func `one step is the formula, gradients scaled, limited and then cleared`(
    _ table: KernelTable, limit: Double
  ) {
    let formula = AdamWFormula(factor: 0.5, limit: limit)
    let before = State()
    var after = before
    after.advance(table, formula)
    #expect(before.gradient.contains { abs($0) > 0.5 } && before.gradient.contains { $0 < -0.5 })
    #expect(after.gradient.allSatisfy { $0 == 0 })
    for index in before.gradient.indices {
      let expected = formula.apply(
        Double(before.parameter[index]), Double(before.gradient[index]),
        Double(before.first[index]), Double(before.second[index]))
      #expect(abs(Double(after.parameter[index]) - expected.parameter) < 3e-7)
      #expect(abs(Double(after.first[index]) - expected.first) < 2e-7)
      #expect(abs(Double(after.second[index]) - expected.second) < 2e-7 * (1 + expected.second))
    }
  }

  @Test(arguments: KernelTable.all, [0, 15, 16, 36])
  func `a gradient that is not a number stays with its parameter`(
    _ table: KernelTable, place: Int
  ) {
    var state = State()
    state.gradient[place] = .nan
    state.advance(table, AdamWFormula(factor: 1, limit: 1))
    for index in state.parameter.indices {
      #expect(state.parameter[index].isNaN == (index == place))
      #expect(state.first[index].isNaN == (index == place))
      #expect(state.second[index].isNaN == (index == place))
    }
    #expect(state.gradient.allSatisfy { $0 == 0 })
  }

  @Test(arguments: KernelTable.all)
  func `the first step from nothing moves every parameter by the learning rate`(
    _ table: KernelTable
  ) {
    // m̂/√v̂ = ±1 whatever the gradient's size, unless ε is as large.
    for size in [Float(1e-6), 1, 1e6] {
      var state = State()
      state.gradient = state.gradient.map { $0 < 0 ? -size : size }
      state.first = state.first.map { _ in 0 }
      state.second = state.first
      let (gradient, parameter) = (state.gradient, state.parameter)
      state.advance(table, AdamWFormula(number: 1, epsilon: 1e-12, decay: 0))
      for index in parameter.indices {
        let moved = parameter[index] - state.parameter[index]
        #expect(abs(moved - (gradient[index] < 0 ? -0.01 : 0.01)) < 1e-6)
      }
    }
  }

  @Test func `the reference's step is the formula`() {
    let formula = AdamWFormula(factor: 2, limit: 1)
    var constants = formula.constants
    var gradient = [0.3, 2, -2], parameter = [1.0, -1, 0.5]
    var first = [0.1, 0.2, -0.3], second = [0.01, 0.5, 2]
    let expected = (0..<3).map {
      formula.apply(parameter[$0], gradient[$0], first[$0], second[$0])
    }
    reference.adamw(&constants, 3, &gradient, &parameter, &first, &second)
    for index in 0..<3 {
      #expect(abs(parameter[index] - expected[index].parameter) < 1e-15)
      #expect(abs(first[index] - expected[index].first) < 1e-15)
      #expect(abs(second[index] - expected[index].second) < 1e-15)
    }
    #expect(gradient == [0, 0, 0])
  }
}

/// AdamW written out as in its paper, gradients scaled and limited first.
struct AdamWFormula {
  var number = 3
  var rate = 0.01, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0.1
  var factor = 1.0, limit = Double.infinity

  var constants: rmt_adamw_step {
    rmt_adamw_step(
      learning_rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, weight_decay: decay,
      bias_correction1: 1 - pow(beta1, Double(number)),
      bias_correction2: 1 - pow(beta2, Double(number)), gradient_factor: factor,
      gradient_limit: limit)
  }

  func apply(
    _ p: Double, _ gradient: Double, _ m: Double, _ v: Double
  ) -> (parameter: Double, first: Double, second: Double) {
    let g = max(-limit, min(limit, factor * gradient))
    let first = beta1 * m + (1 - beta1) * g, second = beta2 * v + (1 - beta2) * g * g
    let direction =
      first / (1 - pow(beta1, Double(number)))
      / ((second / (1 - pow(beta2, Double(number)))).squareRoot() + epsilon)
    return (p - rate * (direction + decay * p), first, second)
  }
}
