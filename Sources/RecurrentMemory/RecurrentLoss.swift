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

  /// An objective with all parts given; truncation to no segment traps, and so do a question after no
  /// segment and one in between where all segments have a loss.
  package init(
    lossSegments: LossSegments, backpropagation: Backpropagation, askEvery: Int? = nil
  ) {
    precondition(backpropagation.reach >= 1, "truncation to no segment")
    precondition(askEvery ?? 1 >= 1, "asked after no segment")
    precondition(askEvery == nil || lossSegments == .last, "asked in between, and everywhere")
    self.lossSegments = lossSegments
    self.backpropagation = backpropagation
    self.askEvery = askEvery
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
