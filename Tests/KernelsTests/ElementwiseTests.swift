import CKernels
import Foundation
import Kernels
import Randomness
import Testing

@Suite struct ElementwiseTests {
  @Test(arguments: KernelTable.all, ActivationFunction.allCases)
  func `activations and their slopes are right to a few ulp of the largest term`(
    _ table: KernelTable, _ activation: ActivationFunction
  ) {
    // An odd count leaves a tail that is shorter than a vector.
    let x =
      stride(from: Float(-12), through: 12, by: 0.0013).map { $0 } + [0, -0.0, 30, -30, 1e-30]
    let ones = [Float](repeating: 1, count: x.count)
    var y = x, slope = x
    var expected = x.map(Double.init), expectedSlope = expected
    let kind = activation.rawValue, count = Int64(x.count)
    table.kernels.activation(kind, count, x, &y)
    table.kernels.activation_gradient(kind, count, x, ones, &slope)
    reference.activation(kind, count, x.map(Double.init), &expected)
    reference.activation_gradient(
      kind, count, x.map(Double.init), ones.map(Double.init), &expectedSlope)
    #expect(largestError(y, expected) < 5e-7)
    #expect(largestError(slope, expectedSlope) < 2e-6)
  }

  /// What is not a number must never come out as one: a run that diverges has to show it.
  @Test(arguments: KernelTable.all, [Float.nan, Float(bitPattern: 0x7FC0_0001), .signalingNaN])
  func `NaN stays NaN`(_ table: KernelTable, _ nan: Float) {
    let count = 17
    let x = [Float](repeating: nan, count: count)
    for activation in ActivationFunction.allCases {
      var y = [Float](repeating: 0, count: count)
      table.kernels.activation(activation.rawValue, Int64(count), x, &y)
      #expect(y.allSatisfy { $0.isNaN }, "\(activation)")
    }
    var y = x, logSum: Float = 0
    table.kernels.hyperbolic_tangent(Int64(count), x, &y)
    #expect(y.allSatisfy { $0.isNaN }, "tanh")
    for place in 0..<count {
      y = (0..<count).map { $0 == place ? nan : Float($0) }
      table.kernels.softmax(1, Int64(count), &y, Int64(count), &logSum)
      #expect(y.allSatisfy { $0.isNaN } && logSum.isNaN, "softmax at \(place)")
    }
  }

  @Test func `the reference's GELU is x·Φ(x) and its slope is the difference quotient`() {
    for kind in ActivationFunction.allCases where kind != .relu {
      for x in stride(from: -5.0, through: 5.0, by: 0.37) {
        let step = 1e-5
        var values = [0.0, 0.0, 0.0], slope = [0.0]
        reference.activation(kind.rawValue, 3, [x - step, x, x + step], &values)
        reference.activation_gradient(kind.rawValue, 1, [x], [1], &slope)
        #expect(abs(slope[0] - (values[2] - values[0]) / (2 * step)) < 1e-9)
        if kind == .geluErf {
          #expect(abs(values[1] - x * 0.5 * (1 + erf(x / 2.0.squareRoot()))) < 1e-14)
        } else {
          let inner = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
          #expect(abs(values[1] - 0.5 * x * (1 + tanh(inner))) < 1e-14)
        }
      }
    }
  }

  @Test(arguments: KernelTable.all)
  func `tanh is right to five ulp and keeps sign, limits and NaN`(_ table: KernelTable) {
    let x = stride(from: Float(-11), through: 11, by: 0.0007).map { $0 } + [1e-20, -1e-20, 90, -90]
    var y = x
    table.kernels.hyperbolic_tangent(Int64(x.count), x, &y)
    let worst = zip(x, y).reduce(0.0) {
      let expected = tanh(Double($1.0))
      return max($0, abs(Double($1.1) - expected) / max(abs(expected), 1e-30))
    }
    #expect(worst < 5 * 0x1p-23)
    var special: [Float] = [.nan, .infinity, -.infinity]
    table.kernels.hyperbolic_tangent(3, special, &special)
    #expect(special[0].isNaN && special[1] == 1 && special[2] == -1)
  }

  @Test(arguments: KernelTable.all, [1, 2, 15, 16, 17, 33, 100])
  func `softmax sums to one, survives large scores and comes back from its row statistics`(
    _ table: KernelTable, columns: Int
  ) {
    let scores = randomFloats(3 * columns, seed: 6, spread: 8).map { $0 + 500 }
    var p = scores, logSums: [Float] = [0, 0, 0]
    var expected = scores.map(Double.init), expectedLogSums = [0.0, 0, 0]
    let width = Int64(columns)
    table.kernels.softmax(3, width, &p, width, &logSums)
    reference.softmax(3, width, &expected, width, &expectedLogSums)
    #expect(largestError(p, expected) < 1e-6)
    #expect(largestError(logSums, expectedLogSums) < 1e-6)
    var again = scores
    table.kernels.softmax_again(3, width, &again, width, logSums)
    // Near 500 a log sum is known to 3e-5, and its error is the weights' relative error.
    #expect(zip(again, p).allSatisfy { abs($0 - $1) < 1e-4 * $1 + 1e-30 })
    for row in 0..<3 {
      #expect(abs(p[row * columns..<(row + 1) * columns].reduce(0, +) - 1) < 1e-5)
    }
  }

  @Test(arguments: KernelTable.all, [1, 15, 32, 100])
  func `softmax gradient agrees with the reference`(_ table: KernelTable, columns: Int) {
    let width = Int64(columns)
    var p = randomFloats(2 * columns, seed: 7), logSums: [Float] = [0, 0]
    table.kernels.softmax(2, width, &p, width, &logSums)
    let upstream = randomFloats(2 * columns, seed: 8)
    var gradient = upstream, expected = upstream.map(Double.init)
    table.kernels.softmax_gradient(2, width, p, &gradient, width)
    reference.softmax_gradient(2, width, p.map(Double.init), &expected, width)
    #expect(largestError(gradient, expected) < 1e-6)
  }

  @Test(arguments: KernelTable.all, [1, 7, 32, 384])
  func `LayerNorm and its gradient agree with the reference`(_ table: KernelTable, columns: Int) {
    let rows = 3, count = rows * columns
    let x = randomFloats(count, seed: 9).map { $0 + 3 }, dy = randomFloats(count, seed: 10)
    let gain = randomFloats(columns, seed: 11), bias = randomFloats(columns, seed: 12)
    var y = x, mean = [Float](repeating: 0, count: rows), rstd = mean
    var dx = x, dgain = [Float](repeating: 1, count: columns), dbias = dgain
    var y64 = x.map(Double.init), mean64 = [Double](repeating: 0, count: rows), rstd64 = mean64
    var dx64 = y64, dgain64 = [Double](repeating: 1, count: columns), dbias64 = dgain64
    let wide = { (values: [Float]) in values.map(Double.init) }
    let m = Int64(rows), n = Int64(columns)
    table.kernels.layer_norm(m, n, x, gain, bias, 1e-5, &y, &mean, &rstd)
    reference.layer_norm(m, n, wide(x), wide(gain), wide(bias), 1e-5, &y64, &mean64, &rstd64)
    #expect(largestError(y, y64) < 5e-6)
    table.kernels.layer_norm_gradient(m, n, x, dy, gain, mean, rstd, &dx, &dgain, &dbias)
    reference.layer_norm_gradient(
      m, n, wide(x), wide(dy), wide(gain), mean64, rstd64, &dx64, &dgain64, &dbias64)
    #expect(largestError(dx, dx64) < 2e-5)
    #expect(largestError(dgain, dgain64) < 5e-6)
    #expect(largestError(dbias, dbias64) < 2e-6)
  }

  @Test(arguments: KernelTable.all)
  func `sums, scales, clamps and adds like the reference`(_ table: KernelTable) {
    let x = randomFloats(37, seed: 13), bias = randomFloats(37, seed: 14)
    var y = x
    table.kernels.add(37, bias, &y)
    #expect(zip(y, zip(x, bias)).allSatisfy { $0 == $1.0 + $1.1 })
    table.kernels.scale(37, 3, &y)
    #expect(zip(y, zip(x, bias)).allSatisfy { $0 == 3 * ($1.0 + $1.1) })
    table.kernels.clamp(37, 0.5, &y)
    #expect(y.allSatisfy { abs($0) <= 0.5 } && y.contains(0.5))
    var sums = [Float](repeating: 1, count: 5), rows = randomFloats(15, seed: 15)
    table.kernels.add_column_sums(3, 5, rows, 5, &sums)
    #expect(abs(sums[2] - (1 + rows[2] + rows[7] + rows[12])) < 1e-6)
    let before = rows
    table.kernels.add_bias(3, 5, bias, &rows, 5)
    #expect(rows[11] == before[11] + bias[1])
    let squares = x.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(table.kernels.sum_of_squares(37, x) - squares) < 1e-12 * squares)
  }

  @Test(arguments: KernelTable.all)
  func `one AdamW step is the formula`(_ table: KernelTable) {
    let step = AdamWFormula(
      number: 3, rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.1)
    let gradient = randomFloats(21, seed: 16), start = randomFloats(21, seed: 17)
    var parameter = start, first = randomFloats(21, seed: 18)
    var second = randomFloats(21, seed: 19).map { $0 * $0 }
    let (oldFirst, oldSecond) = (first, second)
    var constants = step.constants
    table.kernels.adamw(&constants, 21, gradient, &parameter, &first, &second)
    for index in 0..<21 {
      let expected = step.apply(
        Double(start[index]), Double(gradient[index]), Double(oldFirst[index]),
        Double(oldSecond[index]))
      #expect(abs(Double(parameter[index]) - expected) < 1e-6)
    }
  }
}

/// AdamW written out as in its paper.
private struct AdamWFormula {
  let number: Int
  let rate, beta1, beta2, epsilon, decay: Double

  var constants: rmt_adamw_step {
    rmt_adamw_step(
      learning_rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, weight_decay: decay,
      bias_correction1: 1 - pow(beta1, Double(number)),
      bias_correction2: 1 - pow(beta2, Double(number)))
  }

  func apply(_ p: Double, _ g: Double, _ m: Double, _ v: Double) -> Double {
    let first = (beta1 * m + (1 - beta1) * g) / (1 - pow(beta1, Double(number)))
    let second = (beta2 * v + (1 - beta2) * g * g) / (1 - pow(beta2, Double(number)))
    return p - rate * (first / (second.squareRoot() + epsilon) + decay * p)
  }
}
