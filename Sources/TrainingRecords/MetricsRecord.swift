import JSON

/// Something that a training run measured: an optimizer step or an evaluation.
package enum MetricsRecord: Sendable, Hashable {
  /// An optimizer step was made.
  case step(StepMetrics)
  /// The model was measured on the validation samples.
  case evaluation(EvaluationMetrics)

  /// The stage of the curriculum, from 1.
  package var stage: Int {
    switch self {
    case .step(let metrics): metrics.stage
    case .evaluation(let metrics): metrics.stage
    }
  }

  /// Optimizer steps done in the run, over all its stages.
  package var runStep: Int {
    switch self {
    case .step(let metrics): metrics.runStep
    case .evaluation(let metrics): metrics.runStep
    }
  }
}

/// What one optimizer step measured, before it changed the weights.
package struct StepMetrics: Sendable, Hashable {
  /// The stage of the curriculum, from 1.
  package var stage: Int
  /// Steps done in the stage, this one included.
  package var step: Int
  /// Steps done in the run, this one included.
  package var runStep: Int
  /// Cross-entropy in nats, averaged over the samples.
  package var loss: Double
  /// Share of the samples whose label won.
  package var accuracy: Double
  /// The learning rate of the step.
  package var learningRate: Double
  /// ‖g‖₂ of all gradients before clipping.
  package var gradientNorm: Double
  /// Document tokens in the step's samples.
  package var tokenCount: Int
  /// Seconds the step took.
  package var seconds: Double

  /// A measurement with every value given.
  package init(
    stage: Int, step: Int, runStep: Int, loss: Double, accuracy: Double, learningRate: Double,
    gradientNorm: Double, tokenCount: Int, seconds: Double
  ) {
    self.stage = stage
    self.step = step
    self.runStep = runStep
    self.loss = loss
    self.accuracy = accuracy
    self.learningRate = learningRate
    self.gradientNorm = gradientNorm
    self.tokenCount = tokenCount
    self.seconds = seconds
  }
}

/// What an evaluation in the middle of a run measured.
package struct EvaluationMetrics: Sendable, Hashable {
  /// The stage of the curriculum, from 1.
  package var stage: Int
  /// Steps done in the stage.
  package var step: Int
  /// Steps done in the run.
  package var runStep: Int
  /// Cross-entropy in nats, averaged over the samples.
  package var loss: Double
  /// Share of the samples whose label won.
  package var accuracy: Double
  /// Samples it was measured on.
  package var sampleCount: Int
  /// Whether no earlier evaluation of the stage was as good.
  package var isBest: Bool

  /// A measurement with every value given.
  package init(
    stage: Int, step: Int, runStep: Int, loss: Double, accuracy: Double, sampleCount: Int,
    isBest: Bool
  ) {
    self.stage = stage
    self.step = step
    self.runStep = runStep
    self.loss = loss
    self.accuracy = accuracy
    self.sampleCount = sampleCount
    self.isBest = isBest
  }
}

extension MetricsRecord {
  /// The record as a line of the log has it.
  package var json: JSONValue {
    switch self {
    case .step(let metrics):
      [
        "event": "step", "stage": .integer(metrics.stage), "step": .integer(metrics.step),
        "runStep": .integer(metrics.runStep), "loss": .number(metrics.loss),
        "accuracy": .number(metrics.accuracy), "learningRate": .number(metrics.learningRate),
        "gradientNorm": .number(metrics.gradientNorm), "tokens": .integer(metrics.tokenCount),
        "seconds": .number(metrics.seconds),
      ]
    case .evaluation(let metrics):
      [
        "event": "evaluation", "stage": .integer(metrics.stage), "step": .integer(metrics.step),
        "runStep": .integer(metrics.runStep), "evaluationLoss": .number(metrics.loss),
        "evaluationAccuracy": .number(metrics.accuracy), "samples": .integer(metrics.sampleCount),
        "isBest": .bool(metrics.isBest),
      ]
    }
  }

  /// A record as ``json`` wrote it; `nil` when a member is missing, of another type or negative
  /// where it counts.
  package init?(json: JSONValue) {
    guard let stage = json["stage"]?.integer, let step = json["step"]?.integer,
      let runStep = json["runStep"]?.integer, stage >= 1, step >= 0, runStep >= 0
    else { return nil }
    switch json["event"]?.string {
    case "step":
      guard let loss = json["loss"]?.double, let accuracy = json["accuracy"]?.double,
        let rate = json["learningRate"]?.double, let norm = json["gradientNorm"]?.double,
        let tokenCount = json["tokens"]?.integer, let seconds = json["seconds"]?.double
      else { return nil }
      self = .step(
        StepMetrics(
          stage: stage, step: step, runStep: runStep, loss: loss, accuracy: accuracy,
          learningRate: rate, gradientNorm: norm, tokenCount: tokenCount, seconds: seconds))
    case "evaluation":
      guard let loss = json["evaluationLoss"]?.double,
        let accuracy = json["evaluationAccuracy"]?.double,
        let sampleCount = json["samples"]?.integer, let isBest = json["isBest"]?.bool
      else { return nil }
      self = .evaluation(
        EvaluationMetrics(
          stage: stage, step: step, runStep: runStep, loss: loss, accuracy: accuracy,
          sampleCount: sampleCount, isBest: isBest))
    default: return nil
    }
  }
}
