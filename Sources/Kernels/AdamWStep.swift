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
  package init(
    number: Int, learningRate: Double, beta1: Double, beta2: Double, epsilon: Double,
    weightDecay: Double
  ) {
    precondition(number >= 1, "optimizer steps are counted from 1")
    constants = rmt_adamw_step(
      learning_rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      weight_decay: weightDecay, bias_correction1: 1 - pow(beta1, Double(number)),
      bias_correction2: 1 - pow(beta2, Double(number)))
  }
}
