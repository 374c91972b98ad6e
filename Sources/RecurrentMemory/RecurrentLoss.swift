/// What the loss looks at, and how far back its gradient goes.
package struct RecurrentObjective: Sendable, Hashable {
  /// Which segments' logits the loss reads.
  package enum LossSegments: String, Sendable, CaseIterable {
    /// The last segment's, as in the paper.
    case last
    /// Every segment's; the sample's loss is their mean.
    case all
  }

  /// Which segments' logits the loss reads.
  package let lossSegments: LossSegments
  /// How far back gradients flow.
  package let backpropagation: Backpropagation
  /// Segments after which the last one is read in between, and its loss taken; `nil` for its own place
  /// alone.
  package let askEvery: Int?
  /// The longest gradient c that arrives at a memory, on its way back through the segments; `nil` for
  /// any. With ℓ the loss of the documents that go on from memory M,
  ///
  ///     ∂ℓ/∂M ← ∂ℓ/∂M · min(1, c / ‖∂ℓ/∂M‖₂)
  ///
  /// Where a memory is about to take one fact for another its gradient grows from segment to segment,
  /// and one such document outweighs all others of its batch. Source: the clipped derivatives of Graves,
  /// "Generating Sequences with Recurrent Neural Networks", arXiv 1308.0850, by norm in place of value.
  package let memoryClipNorm: Double?

  /// An objective with all parts given; truncation to no segment traps, and so do a question after no
  /// segment, one in between where all segments have a loss, and a gradient of no length.
  package init(
    lossSegments: LossSegments, backpropagation: Backpropagation, askEvery: Int? = nil,
    memoryClipNorm: Double? = nil
  ) {
    precondition(backpropagation.reach >= 1, "truncation to no segment")
    precondition(askEvery ?? 1 >= 1, "asked after no segment")
    precondition(askEvery == nil || lossSegments == .last, "asked in between, and everywhere")
    self.lossSegments = lossSegments
    self.backpropagation = backpropagation
    precondition(memoryClipNorm ?? 1 > 0, "gradients clipped to nothing")
    self.askEvery = askEvery
    self.memoryClipNorm = memoryClipNorm
  }
}

/// What came out of a batch.
package struct RecurrentLoss: Sendable {
  /// Σ over samples of the loss in nats.
  package var lossSum = 0.0
  /// Samples whose largest logit is that of their label, in the last segment and wherever they were asked
  /// before.
  package var correctCount = 0
  /// Samples.
  package var sampleCount = 0
  /// Rows of all segments; one that is computed a second time counts once.
  package var positionCount = 0

  package init() {}

  package static func += (left: inout RecurrentLoss, right: RecurrentLoss) {
    left.lossSum += right.lossSum
    left.correctCount += right.correctCount
    left.sampleCount += right.sampleCount
    left.positionCount += right.positionCount
  }
}
