import Kernels

/// Layer normalisation: y = gain·(x − mean)/√(variance + ε) + bias over each row of width d.
package struct LayerNorm<Scalar: KernelScalar> {
  package var gain: UnsafeMutablePointer<Scalar>
  package var bias: UnsafeMutablePointer<Scalar>
  package let width: Int
  package let epsilon: Double

  /// The given rows of y `[…, d]` ← those of x normalised; keeps their statistics.
  func forward(
    _ rows: Range<Int>, of x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>,
    statistics: LayerNormStatistics<Scalar>
  ) {
    let start = rows.lowerBound * width
    Scalar.layerNorm(
      x + start, rows: rows.count, columns: width, gain: gain, bias: bias,
      epsilon: Scalar(epsilon), into: y + start, mean: statistics.mean + rows.lowerBound,
      reciprocalStandardDeviation: statistics.reciprocalStandardDeviation + rows.lowerBound)
  }

  /// The given rows of dx ← the gradient at x; dx may be dy itself.
  ///
  /// Rows are those of one block of `partials`, which takes the block's share of the gradients of
  /// gain and bias.
  func backward(
    _ rows: Range<Int>, input x: UnsafePointer<Scalar>, upstream dy: UnsafePointer<Scalar>,
    statistics: LayerNormStatistics<Scalar>, into dx: UnsafeMutablePointer<Scalar>,
    partials: LayerNormPartials<Scalar>
  ) {
    let start = rows.lowerBound * width, sums = partials.block(of: rows)
    sums.update(repeating: 0, count: 2 * width)
    Scalar.layerNormGradient(
      at: x + start, upstream: dy + start, rows: rows.count, columns: width, gain: gain,
      mean: statistics.mean + rows.lowerBound,
      reciprocalStandardDeviation: statistics.reciprocalStandardDeviation + rows.lowerBound,
      into: dx + start, gainGradient: sums, biasGradient: sums + width)
  }

  /// Runs `body(rows)` for every block of rows that has partial sums of its own.
  func performBlocks(rows: Int, _ team: ThreadTeam, _ body: (Range<Int>) -> Void) {
    let size = LayerNormPartials<Scalar>.blockSize
    team.perform(partCount: (rows + size - 1) / size) { block, _ in
      body(block * size..<min(rows, (block + 1) * size))
    }
  }
}

/// What a normalisation keeps of each row for its backward pass.
struct LayerNormStatistics<Scalar: KernelScalar> {
  let mean: UnsafeMutablePointer<Scalar>
  let reciprocalStandardDeviation: UnsafeMutablePointer<Scalar>
}

/// Sums over blocks of rows on their way into the gradients of gain and bias.
///
/// Blocks have a fixed size and are added in their order, so the sums do not depend on who computed
/// which.
struct LayerNormPartials<Scalar: KernelScalar> {
  /// Rows of a block.
  static var blockSize: Int { 32 }

  /// For each block the sums for gain, then for bias: `[blocks, 2, d]`.
  let sums: UnsafeMutablePointer<Scalar>
  let width: Int

  /// Elements for so many rows.
  static func count(rows: Int, width: Int) -> Int {
    (rows + blockSize - 1) / blockSize * 2 * width
  }

  func block(of rows: Range<Int>) -> UnsafeMutablePointer<Scalar> {
    precondition(
      rows.lowerBound % Self.blockSize == 0 && rows.count <= Self.blockSize, "rows of one block")
    return sums + rows.lowerBound / Self.blockSize * 2 * width
  }

  /// gradient += the sums of all blocks of `rows` rows.
  func add(rows: Int, to gradient: LayerNorm<Scalar>) {
    let blockCount = (rows + Self.blockSize - 1) / Self.blockSize
    Scalar.addColumnSums(
      of: sums, rows: blockCount, columns: width, stride: 2 * width, to: gradient.gain)
    Scalar.addColumnSums(
      of: sums + width, rows: blockCount, columns: width, stride: 2 * width, to: gradient.bias)
  }
}
