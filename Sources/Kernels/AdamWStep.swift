import CKernels
import Foundation

/// The constants of one AdamW step.
///
/// m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;
/// θ ← θ − ηλθ − η·(m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
/// Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
package struct AdamWStep: Sendable {
  let constants: rmt_adamw_step

  /// The constants of step t = `number`, counted from 1.
  ///
  /// - Parameters:
  ///   - gradientFactor: what gradients are multiplied by first.
  ///   - gradientLimit: what each element of them is then held within, on both sides of zero.
  package init(
    number: Int, learningRate: Double, beta1: Double, beta2: Double, epsilon: Double,
    weightDecay: Double, gradientFactor: Double = 1, gradientLimit: Double = .infinity
  ) {
    precondition(number >= 1, "optimizer steps are counted from 1")
    constants = rmt_adamw_step(
      learning_rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      weight_decay: weightDecay, bias_correction1: 1 - pow(beta1, Double(number)),
      bias_correction2: 1 - pow(beta2, Double(number)), gradient_factor: gradientFactor,
      gradient_limit: gradientLimit)
  }
}
