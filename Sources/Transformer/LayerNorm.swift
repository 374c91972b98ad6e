import Kernels

/// Layer normalisation: y = gain·(x − mean)/√(variance + ε) + bias over each row of width d.
package struct LayerNorm<Scalar: KernelScalar> {
  package var gain: UnsafeMutablePointer<Scalar>
  package var bias: UnsafeMutablePointer<Scalar>
  package let width: Int
  package let epsilon: Double

  /// y `[rows, d]` ← the normalised rows of x; keeps their statistics.
  func forward(
    _ x: UnsafePointer<Scalar>, rows: Int, into y: UnsafeMutablePointer<Scalar>,
    statistics: LayerNormStatistics<Scalar>, firstRow: Int = 0
  ) {
    Scalar.layerNorm(
      x, rows: rows, columns: width, gain: gain, bias: bias, epsilon: Scalar(epsilon), into: y,
      mean: statistics.mean + firstRow,
      reciprocalStandardDeviation: statistics.reciprocalStandardDeviation + firstRow)
  }

  /// dx ← the gradient at x, which may be `dy` itself; adds to the gradients of gain and bias.
  func backward(
    input x: UnsafePointer<Scalar>, upstream dy: UnsafePointer<Scalar>, rows: Int,
    statistics: LayerNormStatistics<Scalar>, gradient: LayerNorm,
    into dx: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.layerNormGradient(
      at: x, upstream: dy, rows: rows, columns: width, gain: gain, mean: statistics.mean,
      reciprocalStandardDeviation: statistics.reciprocalStandardDeviation, into: dx,
      gainGradient: gradient.gain, biasGradient: gradient.bias)
  }
}

/// What a normalisation keeps of each row for its backward pass.
struct LayerNormStatistics<Scalar: KernelScalar> {
  let mean: UnsafeMutablePointer<Scalar>
  let reciprocalStandardDeviation: UnsafeMutablePointer<Scalar>
}
