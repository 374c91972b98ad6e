import TrainingRecords

extension FineTuningEvent {
  /// What the event measured, if it measured anything.
  package var record: MetricsRecord? {
    switch self {
    case .step(let report):
      .step(
        StepMetrics(
          stage: report.stage, step: report.step, runStep: report.runStep, loss: report.meanLoss,
          accuracy: report.accuracy, learningRate: report.learningRate,
          gradientNorm: report.gradientNorm, tokenCount: report.tokenCount,
          seconds: report.seconds))
    case .evaluation(let record, let runStep, let isBest):
      .evaluation(
        EvaluationMetrics(
          stage: record.stage, step: record.step, runStep: runStep, loss: record.meanLoss,
          accuracy: record.accuracy, sampleCount: record.sampleCount, isBest: isBest))
    case .note, .warning, .resumed, .stage, .pretraining, .evaluating, .targetReached, .saved: nil
    }
  }
}
