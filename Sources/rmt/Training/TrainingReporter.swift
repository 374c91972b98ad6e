import FineTuning
import Logging
import TrainingRecords

/// Shows a training run to a person as it happens.
final class TrainingReporter {
  private let log: Logger
  private var recorders: TrainingRecorders
  private let printsLines: Bool
  private let showsProgress: Bool
  private let takesShorterDocuments: Bool
  private let longestSilence: Duration
  private var bar: ProgressBar?
  private var evaluationBar: ProgressBar?
  private var lastLine = ContinuousClock.now
  private var stageStart = (step: 0, time: ContinuousClock.now)
  private var stage: Curriculum.Stage?
  private var stageCount = 0
  private var stepCount: Int?
  /// What an evaluation counts besides samples.
  private var unit = ""

  /// A reporter that prints a line for each evaluation unless the result is for a program.
  ///
  /// - Parameters:
  ///   - takesShorterDocuments: whether a stage's number of segments is the largest and not the only
  ///     one.
  ///   - longestSilence: where nobody sees a progress line, the time after which a line tells the
  ///     training loss.
  init(
    messages: MessageOptions, printsLines: Bool, recorders: [any TrainingRecorder],
    takesShorterDocuments: Bool, longestSilence: Duration = .seconds(60)
  ) {
    self.takesShorterDocuments = takesShorterDocuments
    self.longestSilence = longestSilence
    log = messages.log
    self.recorders = TrainingRecorders(recorders)
    self.printsLines = printsLines
    showsProgress = !messages.quiet
  }

  /// Takes the progress line away.
  func finish() { (bar, evaluationBar) = (nil, nil) }

  /// Takes in an event.
  func report(_ event: FineTuningEvent) {
    recorders.keep(event) { log.warning("\($0) No more is recorded there.") }
    switch event {
    case .note(let text): log.notice("\(text)")
    case .warning(let text): log.warning("\(text)")
    case .resumed: break
    case .stage(let stage, let count, let stepsDone):
      self.stage = stage
      stepCount = stage.stepCount
      stageCount = count
      stageStart = (stepsDone, .now)
      bar = ProgressBar(
        "stage \(stage.number)/\(count)", unit: .things("steps"), isShown: showsProgress,
        completedBefore: stepsDone)
      let length = stage.segmentCount.map { counted($0, "segment") }
      let isUpTo = length != nil && (stage.mixing != .none || takesShorterDocuments)
      let rest = stepsDone > 0 ? ", \(stepsDone) of them done" : ""
      line(
        "stage \(stage.number) of \(count): \(isUpTo ? "up to " : "")"
          + "\(length ?? "documents of any length"), \(counted(stage.stepCount, "step"))\(rest)")
    case .pretraining(let count, let stepsDone):
      stepCount = count
      unit = " hidden tokens"
      stageStart = (stepsDone, .now)
      bar = ProgressBar(
        "pretraining", unit: .things("steps"), isShown: showsProgress, completedBefore: stepsDone)
      line(
        "pretraining: \(counted(count, "step"))"
          + (stepsDone > 0 ? ", \(stepsDone) of them done" : ""))
    case .step(let report):
      bar?.update(
        report.step, of: report.stepCount, detail: "loss \(decimal(report.meanLoss, digits: 3))")
      if !(showsProgress && StandardError.isTerminal),
        ContinuousClock.now - lastLine >= longestSilence
      {
        line(
          Self.stepLine(
            report, stepsBefore: stageStart.step,
            seconds: (ContinuousClock.now - stageStart.time).inSeconds))
      }
      log.debug(
        """
        stage \(report.stage), step \(report.step): loss \(decimal(report.meanLoss, digits: 4)), \
        gradient norm \(decimal(report.gradientNorm, digits: 3)), \
        rate \(scientific(report.learningRate)), \
        \(decimal(report.tokensPerSecond, digits: 0)) tokens/s
        """)
    case .evaluating(let done, let count):
      if evaluationBar == nil {
        let place = stage.map { "stage \($0.number)/\(stageCount)  " } ?? ""
        evaluationBar = ProgressBar(
          "\(place)evaluating", unit: .things("samples"), isShown: showsProgress)
      }
      evaluationBar?.update(done, of: count)
    case .evaluation(let record, _, let isBest):
      evaluationBar = nil
      line(
        "  step \(record.step) of \(stepCount ?? record.step): "
          + "accuracy \(percentage(record.accuracy)) "
          + "(\(grouped(record.correctCount)) of \(grouped(record.sampleCount))\(unit)), "
          + "loss \(decimal(record.meanLoss, digits: 4))\(isBest ? ", the best so far" : "")")
    case .targetReached(let stage, let step):
      line("  target reached at step \(step) of \(stage.stepCount)")
    case .saved(let path): log.info("Saved the state of the run to \(path).")
    }
  }

  /// A sign of life between evaluations: loss, rate and the time left of the stage.
  static func stepLine(_ report: StepReport, stepsBefore: Int, seconds: Double) -> String {
    let rate = seconds > 0 ? Double(report.step - stepsBefore) / seconds : 0
    let left = rate > 0 ? durationText(Double(report.stepCount - report.step) / rate) : "?"
    return "  step \(report.step) of \(report.stepCount): "
      + "training loss \(decimal(report.meanLoss, digits: 4)), "
      + "\(decimal(rate, digits: 2)) steps/s, \(left) left"
  }

  /// A line of the result; that it cannot be written must not end the training.
  private func line(_ text: String) {
    guard printsLines else { return }
    lastLine = .now
    do {
      try StandardOutput.print(text)
    } catch {
      log.warning("\(error)")
    }
  }
}
