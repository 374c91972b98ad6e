import CKernels
import Foundation
import Kernels
import Testing

@Suite struct ElementwiseTests {
  /// What is not a number must never come out as one: a run that diverges has to show it.
  @Test(arguments: KernelTable.all, [Float.nan, Float(bitPattern: 0x7FC0_0001), .signalingNaN])
  func `NaN stays NaN`(_ table: KernelTable, _ nan: Float) {
    let count = 17, length = Int64(count)
    let x = [Float](repeating: nan, count: count), ones = [Float](repeating: 1, count: count)
    for activation in ActivationFunction.allCases {
      var y = ones, slope = ones
      table.kernels.activation(activation.rawValue, length, x, &y)
      #expect(y.allSatisfy { $0.isNaN }, "\(activation)")
      // The slope of ReLU at what is no number is 0 or 1; upstream NaN still comes through.
      table.kernels.activation_gradient(activation.rawValue, length, x, ones, &slope)
      #expect(activation == .relu || slope.allSatisfy { $0.isNaN }, "\(activation)")
      table.kernels.activation_gradient(activation.rawValue, length, ones, x, &slope)
      #expect(slope.allSatisfy { $0.isNaN }, "\(activation)")
    }
    var y = ones
    table.kernels.hyperbolic_tangent(length, x, &y)
    #expect(y.allSatisfy { $0.isNaN }, "tanh")
    #expect(table.kernels.sum_of_squares(length, x).isNaN)
    for place in 0..<count {
      var input = ones, mean: [Float] = [0], rstd: [Float] = [0]
      input[place] = nan
      table.kernels.layer_norm(1, length, input, ones, ones, 1e-5, &y, &mean, &rstd)
      #expect(y.allSatisfy { $0.isNaN }, "LayerNorm at \(place)")
    }
  }

  @Test(arguments: KernelTable.all, [1, 7, 8, 15, 16, 17, 100])
  func `works in place and writes nothing beside its elements`(_ table: KernelTable, count: Int) {
    let x = randomFloats(count, seed: 20), length = Int64(count)
    for activation in ActivationFunction.allCases {
      let apart = GuardedNumbers<Float>(count: count), same = GuardedNumbers(x)
      table.kernels.activation(activation.rawValue, length, x, apart.pointer)
      table.kernels.activation(activation.rawValue, length, same.pointer, same.pointer)
      #expect(apart.values == same.values && apart.isIntact && same.isIntact)
      let upstream = randomFloats(count, seed: 21), gradient = GuardedNumbers(upstream)
      table.kernels.activation_gradient(activation.rawValue, length, x, upstream, apart.pointer)
      table.kernels.activation_gradient(
        activation.rawValue, length, x, gradient.pointer, gradient.pointer)
      #expect(apart.values == gradient.values && apart.isIntact && gradient.isIntact)
    }
    let y = GuardedNumbers<Float>(count: count)
    table.kernels.hyperbolic_tangent(length, x, y.pointer)
    #expect(y.isIntact)
    let gain = randomFloats(count, seed: 22), statistics = GuardedNumbers<Float>(count: 2)
    let dgain = GuardedNumbers(gain), dbias = GuardedNumbers(gain), dx = GuardedNumbers(gain)
    table.kernels.layer_norm(
      1, length, x, gain, gain, 1e-5, y.pointer, statistics.pointer, statistics.pointer + 1)
    table.kernels.layer_norm_gradient(
      1, length, x, dx.pointer, gain, statistics.pointer, statistics.pointer + 1, dx.pointer,
      dgain.pointer, dbias.pointer)
    #expect(y.isIntact && statistics.isIntact && dx.isIntact && dgain.isIntact && dbias.isIntact)
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

  @Test func `the reference's LayerNorm gradient is the difference quotient`() {
    let x = wide(randomFloats(10, seed: 23)), dy = wide(randomFloats(10, seed: 24))
    let gain = wide(randomFloats(5, seed: 25)), bias = wide(randomFloats(5, seed: 26))
    func normed(_ x: [Double]) -> (y: [Double], mean: [Double], rstd: [Double]) {
      var y = x, mean = [0.0, 0], rstd = [0.0, 0]
      reference.layer_norm(2, 5, x, gain, bias, 1e-5, &y, &mean, &rstd)
      return (y, mean, rstd)
    }
    func loss(_ x: [Double]) -> Double { zip(normed(x).y, dy).reduce(0) { $0 + $1.0 * $1.1 } }
    let forward = normed(x)
    var dx = dy, dgain = [Double](repeating: 1, count: 5), dbias = dgain
    reference.layer_norm_gradient(
      2, 5, x, dy, gain, forward.mean, forward.rstd, &dx, &dgain, &dbias)
    for index in x.indices {
      var upper = x, lower = x
      upper[index] += 1e-6
      lower[index] -= 1e-6
      #expect(abs(dx[index] - (loss(upper) - loss(lower)) / 2e-6) < 1e-8)
    }
    for column in 0..<5 {
      let normalized = (0..<2).map { (forward.y[$0 * 5 + column] - bias[column]) / gain[column] }
      let expected = 1 + dy[column] * normalized[0] + dy[5 + column] * normalized[1]
      #expect(abs(dgain[column] - expected) < 1e-12)
      #expect(abs(dbias[column] - (1 + dy[column] + dy[5 + column])) < 1e-12)
    }
  }

  @Test(arguments: KernelTable.all)
  func `adds like the reference`(_ table: KernelTable) {
    let x = randomFloats(37, seed: 13), bias = randomFloats(37, seed: 14)
    var y = x
    table.kernels.add(37, bias, &y)
    #expect(zip(y, zip(x, bias)).allSatisfy { $0 == $1.0 + $1.1 })
    var sums = [Float](repeating: 1, count: 5), rows = randomFloats(18, seed: 15)
    table.kernels.add_column_sums(3, 5, rows, 6, &sums)  // the sixth column is not the sum's
    #expect(abs(sums[2] - (1 + rows[2] + rows[8] + rows[14])) < 1e-6)
    let before = rows
    table.kernels.add_bias(3, 5, bias, &rows, 6)
    #expect(rows[11] == before[11] && rows[13] == before[13] + bias[1])
    let squares = x.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(table.kernels.sum_of_squares(37, x) - squares) < 1e-14 * squares)
  }
}
