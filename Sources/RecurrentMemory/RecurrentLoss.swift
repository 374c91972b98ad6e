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
  /// Segments k through which the gradient flows, counted from the last, or `nil` for all of them.
  ///
  /// The memory that one segment hands to the next is then a constant up to the one that enters
  /// segment N − k, counted from 0: segments before that one learn from their own loss alone, if the
  /// loss reads it.
  package let truncation: Int?

  /// An objective with both parts given.
  package init(lossSegments: LossSegments, truncation: Int?) {
    precondition(truncation.map { $0 >= 1 } ?? true, "truncation to no segment")
    self.lossSegments = lossSegments
    self.truncation = truncation
  }
}

/// What came out of a batch.
package struct RecurrentLoss: Sendable {
  /// Σ over samples of the loss in nats.
  package var lossSum = 0.0
  /// Samples whose last segment's largest logit is that of their label.
  package var correctCount = 0
  /// Samples.
  package var sampleCount = 0
  /// Rows that the encoder computed.
  package var positionCount = 0

  package init() {}

  package static func += (left: inout RecurrentLoss, right: RecurrentLoss) {
    left.lossSum += right.lossSum
    left.correctCount += right.correctCount
    left.sampleCount += right.sampleCount
    left.positionCount += right.positionCount
  }
}
