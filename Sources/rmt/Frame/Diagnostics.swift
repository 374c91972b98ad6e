import FineTuning
import Logging
import TensorStorage

/// Writes what the log holds to standard error: `rmt: warning: …`.
struct DiagnosticHandler: LogHandler {
  var logLevel: Logger.Level = .notice
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let word =
      switch event.level {
      case .trace, .debug: "debug"
      case .info, .notice: "note"
      case .warning: "warning"
      case .error, .critical: "error"
      }
    StandardError.print("rmt: \(word): \("\(event.message)".withoutControls)")
  }
}

extension Logger {
  /// The command's log: notes and warnings from ``notice`` on, all of it when verbose, errors alone
  /// when quiet.
  static func command(isVerbose: Bool, isQuiet: Bool) -> Logger {
    var logger = Logger(label: "rmt") { _ in DiagnosticHandler() }
    logger.logLevel = isQuiet ? .error : isVerbose ? .debug : .notice
    return logger
  }

  /// Logs what is to be said of data, warnings as such.
  func show(_ notes: [DataNote]) {
    for note in notes { log(level: note.isWarning ? .warning : .notice, "\(note)") }
  }
}
