import JSON

/// What an evaluation during training found.
public struct EvaluationRecord: Sendable, Hashable {
  /// The stage, from 1.
  public let stage: Int
  /// Optimizer steps done in the stage.
  public let step: Int
  /// Samples it was measured on.
  public let sampleCount: Int
  /// Samples whose label won.
  public let correctCount: Int
  /// Cross-entropy, averaged over the samples.
  public let meanLoss: Double

  /// The share of samples whose label won.
  public var accuracy: Double { Double(correctCount) / Double(max(1, sampleCount)) }

  /// What the better of two records is told by.
  package enum Preference: Sendable {
    /// Accuracy, and the loss where it is the same.
    case accuracy
    /// Loss alone.
    case loss
  }

  /// Whether these weights are to be preferred.
  package func isBetter(
    than other: EvaluationRecord?, by preference: Preference = .accuracy
  ) -> Bool {
    guard let other else { return true }
    if preference == .accuracy, correctCount != other.correctCount {
      return correctCount > other.correctCount
    }
    return meanLoss < other.meanLoss
  }
}

extension EvaluationRecord {
  package var json: JSONValue {
    [
      "stage": .integer(stage), "step": .integer(step), "sampleCount": .integer(sampleCount),
      "correctCount": .integer(correctCount), "meanLoss": .number(meanLoss),
    ]
  }

  /// A record as ``json`` wrote it; `nil` when something is missing, of another type or impossible.
  package init?(json: JSONValue) {
    guard let stage = json["stage"]?.integer, let step = json["step"]?.integer,
      let sampleCount = json["sampleCount"]?.integer,
      let correctCount = json["correctCount"]?.integer, let meanLoss = json["meanLoss"]?.double,
      stage >= 1, step >= 0, sampleCount >= 0, (0...sampleCount).contains(correctCount)
    else { return nil }
    self.init(
      stage: stage, step: step, sampleCount: sampleCount, correctCount: correctCount,
      meanLoss: meanLoss)
  }
}
