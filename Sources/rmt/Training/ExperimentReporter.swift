import Experiments
import FineTuning
import Logging

/// Shows an experiment to a person as it happens.
final class ExperimentReporter {
  private let log: Logger
  private let isShown: Bool
  private let training: TrainingReporter
  private var bar: ProgressBar?

  init(messages: MessageOptions) {
    log = messages.log
    isShown = !messages.quiet
    training = TrainingReporter(
      messages: messages, printsLines: !messages.quiet, recorders: [], takesShorterDocuments: false)
  }

  /// Takes the progress line away.
  func finish() {
    bar = nil
    training.finish()
  }

  /// Takes in an event.
  func report(_ event: ExperimentEvent) {
    switch event {
    case .part(let what):
      finish()
      line(what)
    case .partIsThere(let what): line("\(what): done before")
    case .checksum(let name, let checksum): line("  \(name): checksum \(checksum)")
    case .note(let text): log.notice("\(text)")
    case .training(let event): training.report(event)
    case .evaluation(let event): report(event)
    }
  }

  private func report(_ event: EvaluationEvent) {
    switch event {
    case .note(let text): log.notice("\(text)")
    case .reading(let count, let total):
      if bar == nil {
        bar = ProgressBar(
          "evaluating", unit: .things("segments"), isShown: isShown, completedBefore: count)
      }
      bar?.update(count, of: total)
    case .row(let row):
      bar = nil
      line(
        "  \(counted(row.segmentCounts.upperBound, "segment")): "
          + "\(percentage(row.evaluation.accuracy)) of \(row.evaluation.sampleCount)")
    case .saved(let path): log.info("Saved the state of the evaluation to \(path).")
    }
  }

  private func line(_ text: String) {
    guard isShown else { return }
    do {
      try StandardOutput.print(text)
    } catch {
      log.warning("\(error)")
    }
  }
}
