import Kernels
import ModelSchema

/// The pooler: p = f(h·Wᵀ + b) of the hidden state at `[CLS]`; f is tanh in BERT.
///
/// The same type holds parameters and their gradients.
package struct Pooler<Scalar: KernelScalar> {
  package var dense: Linear<Scalar>
  package let activation: EncoderConfiguration.PoolerActivation

  /// The kernel of f; `nil` for tanh, which has one of its own.
  private var function: ActivationFunction? {
    switch activation {
    case .tanh: nil
    case .relu: .relu
    case .gelu: .geluErf
    }
  }

  /// pooled `[rows, d]` ← the pooler applied to hidden states `[rows, d]`.
  package func forward(
    _ hidden: UnsafePointer<Scalar>, rows: Int, into pooled: UnsafeMutablePointer<Scalar>,
    workspace: EncoderWorkspace<Scalar>
  ) {
    dense.forward(hidden, rows: rows, into: pooled, multiplier: workspace.multiplier)
    let count = rows * dense.outputSize
    if let function {
      Scalar.activate(function, pooled, into: pooled, count: count)
    } else {
      Scalar.hyperbolicTangent(pooled, into: pooled, count: count)
    }
  }

  /// Gradient at the hidden states from that at the pooled ones, which is overwritten; with
  /// tanh′ = 1 − p², and the others' slope at h·Wᵀ + b, which is computed again.
  package func backward(
    gradient: Pooler, hidden: UnsafePointer<Scalar>, pooled: UnsafePointer<Scalar>,
    upstream: UnsafeMutablePointer<Scalar>, rows: Int,
    into hiddenGradient: UnsafeMutablePointer<Scalar>, workspace: EncoderWorkspace<Scalar>
  ) {
    let multiplier = workspace.multiplier, count = rows * dense.outputSize
    if let function {
      dense.forward(hidden, rows: rows, into: hiddenGradient, multiplier: multiplier)
      Scalar.activationGradient(
        function, at: hiddenGradient, upstream: upstream, into: upstream, count: count)
    } else {
      for index in 0..<count { upstream[index] *= 1 - pooled[index] * pooled[index] }
    }
    dense.addGradient(
      input: hidden, upstream: upstream, rows: rows, to: gradient.dense, multiplier: multiplier)
    dense.backward(upstream: upstream, rows: rows, into: hiddenGradient, multiplier: multiplier)
  }
}
