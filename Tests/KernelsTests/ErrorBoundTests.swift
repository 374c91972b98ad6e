import CKernels
import Foundation
import Kernels
import Testing

/// The bounds that the kernels' sources state, over all finite numbers of single precision.
///
/// A unit is 2⁻²⁴, half of the distance from 1 to the next number.
@Suite struct ErrorBoundTests {
  private static let unit = 0x1p-24

  /// Finite numbers of every size and sign, and some where functions bend.
  private static let everywhere: [Float] =
    stride(from: UInt32(0), to: .max - 40_009, by: 40_009).map { Float(bitPattern: $0) }
    .filter { $0.isFinite }
    + [
      0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude, 1, -1, 20,
      -20, 32, -32, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    ] + stride(from: -14, through: 14, by: 0.00131)

  /// The largest share that an error has of its bound; infinite for NaN.
  private func worstShare(
    _ found: [Float], _ expected: [Double], bound: (_ index: Int) -> Double
  ) -> Double {
    found.indices.reduce(0) { worst, index in
      let error = abs(Double(found[index]) - expected[index])
      let share = error == 0 ? 0 : error / bound(index)
      return share.isNaN ? .infinity : max(worst, share)
    }
  }

  @Test(arguments: KernelTable.all)
  func `exp is right to one unit in the last place from −87.3 to 88`(_ table: KernelTable) {
    // The gradient at the value of a lone query with the log sum 0 is exp of its score.
    let x = Self.everywhere.filter { (-87.3...88).contains($0) }
    let found = exponentials(table, x)
    #expect(zip(found, x).allSatisfy { ulps($0, exp(Double($1))) <= 1 })
    let far = Self.everywhere.filter { $0 < -87.3 }
    #expect(exponentials(table, far).allSatisfy { (0...1.23e-38).contains($0) })
    let high = Self.everywhere.filter { $0 > 88 }
    #expect(exponentials(table, high).allSatisfy { $0 >= Float(exp(88.0)).nextDown })
  }

  private func exponentials(_ table: KernelTable, _ x: [Float]) -> [Float] {
    stride(from: 0, to: x.count, by: 509).flatMap { start in
      let part = x[start..<min(start + 509, x.count)]
      var head = AttentionHeadCase(1, part.count, 1)
      (head.scale, head.query, head.upstream) = (1, [1, 0, 0, 0], [1, 0, 0, 0])
      head.key = part.flatMap { [$0, 0, 0, 0] }
      return head.computed(by: table, logSum: [0]).value
    }
  }

  @Test(arguments: KernelTable.all)
  func `tanh is right to six units in the last place and 1e-7, and keeps sign and limits`(
    _ table: KernelTable
  ) {
    let x = Self.everywhere
    var y = x
    table.kernels.hyperbolic_tangent(Int64(x.count), x, &y)
    for (x, y) in zip(x, y) {
      let exact = tanh(Double(x))
      if ulps(y, exact) > 6 || abs(Double(y) - exact) > 1e-7 { Issue.record("tanh \(x) = \(y)") }
    }
    var special: [Float] = [.infinity, -.infinity, -0.0]
    table.kernels.hyperbolic_tangent(3, special, &special)
    #expect(special == [1, -1, 0] && special[2].sign == .minus)
  }

  @Test(arguments: KernelTable.all, ActivationFunction.allCases)
  func `activations are right to five units of x, their slopes to five units`(
    _ table: KernelTable, _ activation: ActivationFunction
  ) {
    let x = Self.everywhere, ones = [Float](repeating: 1, count: x.count)
    let kind = activation.rawValue, count = Int64(x.count)
    var y = x, slope = x, exact = wide(x), exactSlope = exact
    table.kernels.activation(kind, count, x, &y)
    table.kernels.activation_gradient(kind, count, x, ones, &slope)
    reference.activation(kind, count, wide(x), &exact)
    reference.activation_gradient(kind, count, wide(x), wide(ones), &exactSlope)
    let units = activation == .relu ? 0 : 5 * Self.unit
    #expect(worstShare(y, exact) { units * abs(Double(x[$0])) + 0x1p-149 } <= 1)
    #expect(worstShare(slope, exactSlope) { _ in units } <= 1)
  }

  /// Rows around a place by a spread: near zero and far from it, tiny, huge, all numbers equal.
  static let rows: [(center: Float, spread: Float)] = [
    (0, 1), (3, 1), (1_000, 1), (1_000, 0), (3.3, 0), (0, 1e-20), (1e15, 1e13), (0, 1e15),
  ]

  @Test(arguments: KernelTable.all, [1, 7, 17, 32, 384, 1_024])
  func `LayerNorm errs by its sums' rounding`(_ table: KernelTable, columns: Int) {
    let units = (8 + Double(columns) / 16) * Self.unit
    for place in Self.rows {
      for epsilon: Float in [1e-12, 1e-5] {
        let x = randomFloats(columns, seed: 31, spread: place.spread).map { $0 + place.center }
        let gain = randomFloats(columns, seed: 32), bias = randomFloats(columns, seed: 33)
        var y = x, mean: [Float] = [0], rstd: [Float] = [0]
        var exact = wide(x), exactMean = [0.0], exactRstd = [0.0]
        table.kernels.layer_norm(1, Int64(columns), x, gain, bias, epsilon, &y, &mean, &rstd)
        reference.layer_norm(
          1, Int64(columns), wide(x), wide(gain), wide(bias), Double(epsilon), &exact, &exactMean,
          &exactRstd)
        let size = x.reduce(0.0) { $0 + abs(Double($1)) } / Double(columns)
        let shift = units * size * exactRstd[0]
        #expect(worstShare(mean, exactMean) { _ in units * size } <= 1)
        #expect(worstShare(rstd, exactRstd) { _ in (units + shift * shift) * exactRstd[0] } <= 1)
        let share = worstShare(y, exact) {
          let normalized = abs((Double(x[$0]) - exactMean[0]) * exactRstd[0])
          return abs(Double(gain[$0])) * (shift + (units + shift * shift) * normalized)
            + 2 * Self.unit * (abs(exact[$0]) + abs(Double(bias[$0])))
        }
        #expect(share <= 1, "\(place), ε \(epsilon)")
      }
    }
  }

  @Test(arguments: KernelTable.all, [1, 7, 17, 32, 384, 1_024])
  func `LayerNorm's gradients err by their sums' rounding`(_ table: KernelTable, columns: Int) {
    let rowCount = 5, count = rowCount * columns, n = Int64(columns)
    let x = randomFloats(count, seed: 34).map { $0 + 3 }, dy = randomFloats(count, seed: 35)
    let gain = randomFloats(columns, seed: 36), none = [Double](repeating: 0, count: columns)
    var y = x, mean = [Float](repeating: 0, count: rowCount), rstd = mean
    table.kernels.layer_norm(Int64(rowCount), n, x, gain, gain, 1e-5, &y, &mean, &rstd)
    var dx = x, dgain = none.map { _ in Float(0) }, dbias = dgain
    var exact = wide(x), exactGain = none, exactBias = none
    table.kernels.layer_norm_gradient(
      Int64(rowCount), n, x, dy, gain, mean, rstd, &dx, &dgain, &dbias)
    reference.layer_norm_gradient(
      Int64(rowCount), n, wide(x), wide(dy), wide(gain), wide(mean), wide(rstd), &exact,
      &exactGain, &exactBias)
    // Sizes of the terms: each row's means, each column's sums.
    let normalized = x.indices.map {
      abs(Double(x[$0] - mean[$0 / columns]) * Double(rstd[$0 / columns]))
    }
    let g = x.indices.map { abs(Double(gain[$0 % columns]) * Double(dy[$0])) }
    let units = (8 + Double(columns) / 16) * Self.unit
    func rowMean(_ terms: [Double], _ row: Int) -> Double {
      terms[row * columns..<(row + 1) * columns].reduce(0, +) / Double(columns)
    }
    let products = zip(g, normalized).map(*)
    let means = (0..<rowCount).map { (rowMean(g, $0), rowMean(products, $0)) }
    let share = worstShare(dx, exact) {
      let (sum, product) = means[$0 / columns]
      return units * Double(rstd[$0 / columns]) * (g[$0] + sum + normalized[$0] * product)
    }
    #expect(share <= 1)
    func columnSum(_ column: Int, _ term: (Int) -> Double) -> Double {
      (0..<rowCount).reduce(0) { $0 + term($1 * columns + column) }
    }
    let columnUnits = Double(rowCount + 4) * Self.unit
    let gainShare = worstShare(dgain, exactGain) { column in
      columnUnits * columnSum(column) { abs(Double(dy[$0])) * normalized[$0] }
    }
    let biasShare = worstShare(dbias, exactBias) { column in
      columnUnits * columnSum(column) { abs(Double(dy[$0])) }
    }
    #expect(gainShare <= 1 && biasShare <= 1)
  }

  @Test(arguments: KernelTable.all)
  func `what dropout keeps is rounded twice`(_ table: KernelTable) {
    let x = Self.everywhere.filter { abs($0) < 1e38 }
    let columns = 64, rows = x.count / columns
    var mask = rmt_dropout_mask(
      key: (8, 9), counter: (1, 2, 3), threshold: 6_554, scale: 1 / (1 - 6_554 / 0x1p16))
    var y = x
    table.kernels.dropout(&mask, 0, Int64(rows), Int64(columns), x, &y)
    let kept = (0..<rows * columns).filter {
      !SevenRoundPhilox.drops(mask, row: $0 / columns, column: $0 % columns, columns: columns)
    }
    let exact = kept.map { Double(x[$0]) * mask.scale }
    let share = worstShare(kept.map { y[$0] }, exact) {
      2.01 * Self.unit * abs(exact[$0]) + 0x1p-150
    }
    #expect(share <= 1)
  }

  @Test(arguments: KernelTable.all, [Float(1e-40), 1e-22, 1e-6, 1, 1e9, 1e18])
  func `an AdamW step errs by a few roundings of its terms`(_ table: KernelTable, spread: Float) {
    let count = 1_003
    let normal = randomFloats(count, seed: 37).map { max(-4, min(4, $0)) / 4 }
    let parameter = randomFloats(count, seed: 38)
    let moment = randomFloats(count, seed: 39).map { max(-4, min(4, $0)) / 4 * spread }
    for formula in [AdamWFormula(number: 1), AdamWFormula(number: 999, factor: 0.3, limit: 0.1)] {
      var constants = formula.constants
      var g = normal.map { $0 * spread }, p = parameter, m = moment, v = moment.map { $0 * $0 }
      let old = (g: g, m: m)
      var g64 = wide(g), p64 = wide(p), m64 = wide(m), v64 = wide(v)
      table.kernels.adamw(&constants, Int64(count), &g, &p, &m, &v)
      reference.adamw(&constants, Int64(count), &g64, &p64, &m64, &v64)
      let size = constants.learning_rate / constants.bias_correction1
      func terms(_ index: Int) -> (moment: Double, root: Double) {
        let held = min(abs(Double(old.g[index])) * formula.factor, formula.limit)
        return (
          0.9 * abs(Double(old.m[index])) + 0.1 * held,
          (v64[index] / constants.bias_correction2).squareRoot() + formula.epsilon
        )
      }
      let lost = (0x1p-126 / constants.bias_correction2).squareRoot()
      #expect(worstShare(m, m64) { 6 * Self.unit * terms($0).moment + 0x1p-148 } <= 1)
      #expect(worstShare(v, v64) { 8 * Self.unit * v64[$0] + 0x1p-125 } <= 1)
      let share = worstShare(p, p64) {
        let (moment, root) = terms($0)
        return 3 * Self.unit * abs(p64[$0]) + (12 * Self.unit + lost / root) * size * moment / root
      }
      #expect(share <= 1)
    }
  }

  @Test(arguments: KernelTable.all)
  func `sums of columns and squares err by their roundings`(_ table: KernelTable) {
    let x = randomFloats(40 * 33, seed: 40, spread: 1e3)
    var sums = [Float](repeating: 0, count: 33)
    table.kernels.add_column_sums(40, 33, x, 33, &sums)
    let columns = (0..<33).map { column in (0..<40).map { Double(x[$0 * 33 + column]) } }
    let share = worstShare(sums, columns.map { $0.reduce(0, +) }) {
      40 * Self.unit * columns[$0].reduce(0) { $0 + abs($1) }
    }
    #expect(share <= 1)
    let exact = x.reduce(0.0) { $0 + Double($1) * Double($1) }
    let found = table.kernels.sum_of_squares(Int64(x.count), x)
    #expect(abs(found - exact) <= Double(x.count) * 0x1p-53 * exact)
  }
}
