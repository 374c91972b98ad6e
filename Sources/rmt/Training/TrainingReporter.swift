import FineTuning
import Logging

/// Shows a training run to a person as it happens.
final class TrainingReporter {
  private let log: Logger
  private let metrics: MetricsLog?
  private let printsLines: Bool
  private let showsProgress: Bool
  private var bar: ProgressBar?
  private var stage: Curriculum.Stage?
  private var stageCount = 0

  /// A reporter that prints a line for each evaluation unless the result is for a program.
  init(messages: MessageOptions, printsLines: Bool, metrics: MetricsLog?) {
    log = messages.log
    self.metrics = metrics
    self.printsLines = printsLines
    showsProgress = !messages.quiet
  }

  /// Takes the progress line away.
  func finish() { bar = nil }

  /// Takes in an event.
  func report(_ event: FineTuningEvent) {
    do {
      try metrics?.append(event)
    } catch {
      log.warning("\(error) No more is logged there.")
    }
    switch event {
    case .note(let text): log.notice("\(text)")
    case .stage(let stage, let count, let stepsDone):
      self.stage = stage
      stageCount = count
      bar = ProgressBar(
        "stage \(stage.number)/\(count)", unit: .things("steps"), isShown: showsProgress)
      let length = stage.segmentCount.map { counted($0, "segment") }
      let rest = stepsDone > 0 ? ", \(stepsDone) of them done" : ""
      line(
        "stage \(stage.number) of \(count): \(stage.mixesLengths ? "up to " : "")"
          + "\(length ?? "documents of any length"), \(counted(stage.stepCount, "step"))\(rest)")
    case .step(let report):
      bar?.update(
        report.step, of: report.stepCount, detail: "loss \(decimal(report.meanLoss, digits: 3))")
      log.debug(
        """
        stage \(report.stage), step \(report.step): loss \(decimal(report.meanLoss, digits: 4)), \
        gradient norm \(decimal(report.gradientNorm, digits: 3)), \
        rate \(scientific(report.learningRate)), \
        \(decimal(report.tokensPerSecond, digits: 0)) tokens/s
        """)
    case .evaluating(let done, let count):
      bar?.update(0, of: 0, detail: "evaluating \(done) of \(count)")
    case .evaluation(let record, let isBest):
      line(
        "  step \(record.step) of \(stage?.stepCount ?? record.step): "
          + "accuracy \(percentage(record.accuracy)) "
          + "(\(record.correctCount) of \(record.sampleCount)), "
          + "loss \(decimal(record.meanLoss, digits: 4))\(isBest ? ", the best so far" : "")")
    case .targetReached(let stage, let step):
      line("  target reached at step \(step) of \(stage.stepCount)")
    case .saved(let path): log.info("Saved the state of the run to \(path).")
    }
  }

  /// A line of the result; that it cannot be written must not end the training.
  private func line(_ text: String) {
    guard printsLines else { return }
    do {
      try StandardOutput.print(text)
    } catch {
      log.warning("\(error)")
    }
  }
}
