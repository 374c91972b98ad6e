import TrainingRecords

/// A training log as curves over the optimizer steps.
struct TrainingCurve {
  /// Where a stage begins, in steps.
  struct Stage {
    let number: Int
    let start: Double
  }

  private(set) var loss: [LineChart.Point] = []
  private(set) var accuracy: [LineChart.Point] = []
  private(set) var evaluationLoss: [LineChart.Point] = []
  private(set) var evaluationAccuracy: [LineChart.Point] = []
  private(set) var stages: [Stage] = []
  private(set) var seconds = 0.0
  private(set) var tokenCount = 0.0

  /// The curve of a log; where steps begin again another run begins, and is drawn behind the first.
  init(_ records: [MetricsRecord]) {
    var offset = 0.0, last = 0
    var stage: Int?
    for record in records {
      let isStep = if case .step = record { true } else { false }
      if record.runStep < last || isStep && record.runStep == last {
        offset += Double(last)
        stage = nil
      }
      if record.stage != stage {
        let start = offset + Double(isStep ? record.runStep - 1 : record.runStep)
        stages.append(Stage(number: record.stage, start: start))
        stage = record.stage
      }
      last = record.runStep
      let x = offset + Double(record.runStep)
      switch record {
      case .step(let metrics):
        loss.append(LineChart.Point(x: x, y: metrics.loss))
        accuracy.append(LineChart.Point(x: x, y: metrics.accuracy))
        seconds += metrics.seconds
        tokenCount += Double(metrics.tokenCount)
      case .evaluation(let metrics):
        evaluationLoss.append(LineChart.Point(x: x, y: metrics.loss))
        evaluationAccuracy.append(LineChart.Point(x: x, y: metrics.accuracy))
      }
    }
  }

  /// Optimizer steps, all runs together.
  var stepCount: Double { max(loss.last?.x ?? 0, evaluationLoss.last?.x ?? 0) }
}
