import FineTuning
import JSON
import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file to which a training run appends what it measures, one JSON object a line.
final class MetricsLog {
  /// Where the file is.
  let path: String
  private var descriptor: Int32

  /// Opens the file to append to it.
  ///
  /// - Throws: `FileError`.
  init(path: String) throws(FileError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(.create, path) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends what an event measured, if it measured anything.
  ///
  /// - Throws: `FileError`; the log is closed then, and later events are left out.
  func append(_ event: FineTuningEvent) throws(FileError) {
    let metrics: JSONValue
    switch event {
    case .step(let report):
      metrics = [
        "event": "step", "stage": .integer(report.stage), "step": .integer(report.step),
        "loss": .number(report.meanLoss), "accuracy": .number(report.accuracy),
        "learningRate": .number(report.learningRate),
        "gradientNorm": .number(report.gradientNorm), "tokens": .integer(report.tokenCount),
        "seconds": .number(report.seconds),
      ]
    case .evaluation(let record, let isBest):
      metrics = [
        "event": "evaluation", "stage": .integer(record.stage), "step": .integer(record.step),
        "evaluationLoss": .number(record.meanLoss), "evaluationAccuracy": .number(record.accuracy),
        "samples": .integer(record.sampleCount), "isBest": .bool(isBest),
      ]
    case .note, .warning, .stage, .pretraining, .evaluating, .targetReached, .saved: return
    }
    guard descriptor >= 0 else { return }
    var pending = Array((metrics.serialized(pretty: false) + "\n").utf8)[...]
    while !pending.isEmpty {
      let count = pending.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        let error = FileError(.write, path)
        close(descriptor)
        descriptor = -1
        throw error
      }
      pending = pending.dropFirst(count)
    }
  }
}
