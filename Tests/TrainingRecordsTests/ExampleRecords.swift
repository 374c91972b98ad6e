import TrainingRecords

/// Records as a run would make them.
enum ExampleRecords {
  static func step(_ runStep: Int, stage: Int = 1) -> MetricsRecord {
    .step(
      StepMetrics(
        stage: stage, step: runStep, runStep: runStep, loss: 0.5, accuracy: 0.75,
        learningRate: 1e-4, gradientNorm: 1.25, tokenCount: 1000, seconds: 0.5))
  }

  static func evaluation(_ runStep: Int, stage: Int = 1) -> MetricsRecord {
    .evaluation(
      EvaluationMetrics(
        stage: stage, step: runStep, runStep: runStep, loss: 0.125, accuracy: 1, sampleCount: 10,
        isBest: true))
  }
}
