import Foundation
import Kernels

/// The classification head: logits = dropout(pooled)·Wᵀ + b, and its cross-entropy.
package enum Classifier<Scalar: KernelScalar> {
  /// logits `[rows, labels]` ← the head applied to pooled states `[rows, d]`, which dropout has
  /// already passed.
  package static func forward(
    _ classifier: Linear<Scalar>, _ pooled: UnsafePointer<Scalar>, rows: Int,
    into logits: UnsafeMutablePointer<Scalar>, workspace: EncoderWorkspace<Scalar>
  ) {
    classifier.forward(pooled, rows: rows, into: logits, multiplier: workspace.multiplier)
  }

  /// Gradient at the pooled states from that at the logits.
  package static func backward(
    _ classifier: Linear<Scalar>, gradient: Linear<Scalar>, pooled: UnsafePointer<Scalar>,
    upstream: UnsafePointer<Scalar>, rows: Int, into pooledGradient: UnsafeMutablePointer<Scalar>,
    workspace: EncoderWorkspace<Scalar>
  ) {
    classifier.addGradient(
      input: pooled, upstream: upstream, rows: rows, to: gradient,
      multiplier: workspace.multiplier)
    classifier.backward(
      upstream: upstream, rows: rows, into: pooledGradient, multiplier: workspace.multiplier)
  }

  /// softmax(logits): exp(zᵢ − max z) / Σ exp(zⱼ − max z), in double precision.
  package static func probabilities(_ logits: [Scalar]) -> [Double] {
    let largest = Double(logits.max() ?? 0)
    let powers = logits.map { exp(Double($0) - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// −log softmax(logits)[label] in nats, and its gradient `scale`·(softmax(logits) − one-hot).
  package static func crossEntropy(
    logits: UnsafePointer<Scalar>, labelCount: Int, label: Int, scale: Double,
    gradient: UnsafeMutablePointer<Scalar>?
  ) -> Double {
    precondition((0..<labelCount).contains(label), "label \(label) of \(labelCount)")
    var largest = -Double.infinity, sum = 0.0
    for index in 0..<labelCount { largest = max(largest, Double(logits[index])) }
    for index in 0..<labelCount { sum += exp(Double(logits[index]) - largest) }
    if let gradient {
      for index in 0..<labelCount {
        let probability = exp(Double(logits[index]) - largest) / sum
        gradient[index] = Scalar(scale * (probability - (index == label ? 1 : 0)))
      }
    }
    return largest + log(sum) - Double(logits[label])
  }
}
