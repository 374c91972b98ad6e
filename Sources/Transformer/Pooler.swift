import Kernels

/// BERT's pooler: p = tanh(h·Wᵀ + b) of the hidden state at `[CLS]`.
package enum Pooler<Scalar: KernelScalar> {
  /// pooled `[rows, d]` ← the pooler applied to hidden states `[rows, d]`.
  package static func forward(
    _ pooler: Linear<Scalar>, _ hidden: UnsafePointer<Scalar>, rows: Int,
    into pooled: UnsafeMutablePointer<Scalar>, workspace: EncoderWorkspace<Scalar>
  ) {
    pooler.forward(hidden, rows: rows, into: pooled, multiplier: workspace.multiplier)
    Scalar.hyperbolicTangent(pooled, into: pooled, count: rows * pooler.outputSize)
  }

  /// Gradient at the hidden states from that at the pooled ones, which is overwritten; with
  /// tanh′ = 1 − p².
  package static func backward(
    _ pooler: Linear<Scalar>, gradient: Linear<Scalar>, hidden: UnsafePointer<Scalar>,
    pooled: UnsafePointer<Scalar>, upstream: UnsafeMutablePointer<Scalar>, rows: Int,
    into hiddenGradient: UnsafeMutablePointer<Scalar>, workspace: EncoderWorkspace<Scalar>
  ) {
    for index in 0..<rows * pooler.outputSize {
      upstream[index] *= 1 - pooled[index] * pooled[index]
    }
    pooler.addGradient(
      input: hidden, upstream: upstream, rows: rows, to: gradient,
      multiplier: workspace.multiplier)
    pooler.backward(
      upstream: upstream, rows: rows, into: hiddenGradient, multiplier: workspace.multiplier)
  }
}
