import TrainingRecords

/// A training log as curves over the optimizer steps, stage by stage: each is measured on documents of
/// its own length, so that what two of them found is not one curve.
struct TrainingCurve {
  /// The curves of one stage.
  struct Stage {
    let number: Int
    /// Where it begins, in steps.
    let start: Double
    fileprivate(set) var loss: [LineChart.Point] = []
    fileprivate(set) var accuracy: [LineChart.Point] = []
    fileprivate(set) var evaluationLoss: [LineChart.Point] = []
    fileprivate(set) var evaluationAccuracy: [LineChart.Point] = []
  }

  private(set) var stages: [Stage] = []
  /// Optimizer steps, all runs together.
  private(set) var stepCount = 0.0
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
      stepCount = max(stepCount, x)
      let now = stages.count - 1
      switch record {
      case .step(let metrics):
        stages[now].loss.append(LineChart.Point(x: x, y: metrics.loss))
        stages[now].accuracy.append(LineChart.Point(x: x, y: metrics.accuracy))
        seconds += metrics.seconds
        tokenCount += Double(metrics.tokenCount)
      case .evaluation(let metrics):
        stages[now].evaluationLoss.append(LineChart.Point(x: x, y: metrics.loss))
        stages[now].evaluationAccuracy.append(LineChart.Point(x: x, y: metrics.accuracy))
      }
    }
  }
}
