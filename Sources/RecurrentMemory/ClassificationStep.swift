import Kernels
import TensorStorage
import Transformer

/// Pooler and classification head at the end of a segment, with the loss and its way back.
final class ClassificationStep<Scalar: KernelScalar> {
  /// What one sample's logits are held against.
  struct Target {
    let label: Int
    /// The share of this segment in the sample's loss.
    let weight: Double
  }

  /// Whether each sequence's largest logit was that of its label when the loss was last taken.
  private(set) var isRight: [Bool]
  private let labelCount: Int
  private let width: Int
  private let dropoutProbability: Double
  /// Hidden states at `[CLS]`, pooled states before and after dropout, their gradients: `[group, d]`.
  private let hidden: UnsafeMutablePointer<Scalar>
  private let pooled: UnsafeMutablePointer<Scalar>
  private let dropped: UnsafeMutablePointer<Scalar>
  private let pooledGradient: UnsafeMutablePointer<Scalar>
  /// Logits and their gradients, `[group, labels]`.
  private let logits: UnsafeMutablePointer<Scalar>
  private let logitGradient: UnsafeMutablePointer<Scalar>
  private let arena: Arena<Scalar>

  init(_ plan: RecurrentPlan) {
    labelCount = plan.model.labels.count
    width = plan.model.encoder.hiddenSize
    dropoutProbability = plan.model.encoder.classifierDropout
    let states = plan.samplesPerGroup * width, scores = plan.samplesPerGroup * labelCount
    let space = Arena<Scalar>.space(for:)
    isRight = Array(repeating: false, count: plan.samplesPerGroup)
    arena = Arena(count: 4 * space(states) + 2 * space(scores))
    hidden = arena.allocate(states)
    pooled = arena.allocate(states)
    dropped = arena.allocate(states)
    pooledGradient = arena.allocate(states)
    logits = arena.allocate(scores)
    logitGradient = arena.allocate(scores)
  }

  /// The logits of each sequence, whose hidden states at `[CLS]` lie in a row.
  func logits(
    _ parameters: ModelParameters<Scalar>, hidden states: UnsafePointer<Scalar>,
    batch: SequenceBatch, workspace: EncoderWorkspace<Scalar>
  ) -> [[Scalar]] {
    forward(parameters, states, reading: batch, batch: batch, dropout: nil, workspace)
    return (0..<batch.count).map { sequence in
      (0..<labelCount).map { logits[sequence * labelCount + $0] }
    }
  }

  /// The loss of each sequence, and on the way back the gradients of head and pooler (added) and at
  /// the hidden states at `[CLS]` (written to `hiddenGradient`, `[sequences, d]`).
  ///
  /// - Parameters:
  ///   - reading: the rows of `states`; each sequence's begin with `[CLS]`.
  ///   - batch: the rows of `[CLS]` alone.
  ///   - target: what a sequence is held against.
  /// - Returns: Σ weight·cross-entropy, and how many sequences are right; ``isRight`` tells which.
  func accumulate(
    _ parameters: ModelParameters<Scalar>, gradients: ModelParameters<Scalar>,
    hidden states: UnsafePointer<Scalar>, reading: SequenceBatch, batch: SequenceBatch,
    scale: Double, dropout: DropoutPlan?, into hiddenGradient: UnsafeMutablePointer<Scalar>,
    workspace: EncoderWorkspace<Scalar>, target: (_ sequence: Int) -> Target
  ) -> (lossSum: Double, correctCount: Int) {
    guard let classifier = parameters.classifier, let gradient = gradients.classifier else {
      preconditionFailure("a loss without a classifier")
    }
    forward(parameters, states, reading: reading, batch: batch, dropout: dropout, workspace)
    var lossSum = 0.0
    var correctCount = 0
    for sequence in 0..<batch.count {
      let target = target(sequence), row = logits + sequence * labelCount
      let crossEntropy = Classifier.crossEntropy(
        logits: row, labelCount: labelCount, label: target.label, scale: scale * target.weight,
        gradient: logitGradient + sequence * labelCount)
      lossSum += target.weight * crossEntropy
      var best = 0
      for label in 1..<labelCount where row[label] > row[best] { best = label }
      isRight[sequence] = best == target.label
      if isRight[sequence] { correctCount += 1 }
    }
    Classifier.backward(
      classifier, gradient: gradient, pooled: dropped, upstream: logitGradient, rows: batch.count,
      into: pooledGradient, workspace: workspace)
    drop(pooledGradient, batch, dropout)
    parameters.pooler.backward(
      gradient: gradients.pooler, hidden: hidden, pooled: pooled,
      upstream: pooledGradient, rows: batch.count, into: hiddenGradient, workspace: workspace)
    return (lossSum, correctCount)
  }

  private func forward(
    _ parameters: ModelParameters<Scalar>, _ states: UnsafePointer<Scalar>,
    reading: SequenceBatch, batch: SequenceBatch, dropout: DropoutPlan?,
    _ workspace: EncoderWorkspace<Scalar>
  ) {
    guard let classifier = parameters.classifier else {
      preconditionFailure("logits without a classifier")
    }
    for sequence in 0..<batch.count {
      (hidden + sequence * width).update(
        from: states + reading.starts[sequence] * width, count: width)
    }
    parameters.pooler.forward(
      hidden, rows: batch.count, into: pooled, workspace: workspace)
    dropped.update(from: pooled, count: batch.count * width)
    drop(dropped, batch, dropout)
    Classifier.forward(
      classifier, dropped, rows: batch.count, into: logits, workspace: workspace)
  }

  private func drop(
    _ x: UnsafeMutablePointer<Scalar>, _ batch: SequenceBatch, _ dropout: DropoutPlan?
  ) {
    dropout?.apply(
      .classifier, layer: 0, probability: dropoutProbability, to: x, columns: width,
      rows: 0..<batch.count, batch: batch)
  }
}
