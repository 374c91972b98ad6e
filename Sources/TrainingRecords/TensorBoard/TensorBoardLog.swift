import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder of event files that TensorBoard shows: `events.out.tfevents.…`, a new file each time a run
/// begins or goes on.
///
/// Scalars are `train/loss`, `train/accuracy`, `train/learning_rate`, `train/gradient_norm`,
/// `train/tokens_per_second`, `train/stage`, `evaluation/loss` and `evaluation/accuracy`; the step
/// counts over all stages. A file's second event says from which step on earlier files are void, which
/// is how TensorBoard learns that a run was resumed.
package final class TensorBoardLog: TrainingRecorder {
  private static let prefix = "events.out.tfevents."

  private let folder: String
  private let wallTime: () -> Double
  private var file: AppendedFile?

  /// Opens a folder, which is made where there is none; a file is made with the first record.
  ///
  /// - Parameters:
  ///   - addsToEvents: whether the folder may hold event files already, because the run goes on or
  ///     because it replaces the one that they are of.
  ///   - wallTime: the time in seconds since 1970.
  /// - Throws: `FileError`; ``TrainingRecordsError/otherEvents(folder:)``.
  package init(
    folder: String, addsToEvents: Bool, wallTime: @escaping () -> Double = TensorBoardLog.now
  ) throws {
    self.folder = folder
    self.wallTime = wallTime
    // The folder above is not made: a path with a typing error must not become a tree of folders.
    guard mkdir(folder, 0o777) == 0 || errno == EEXIST, access(folder, W_OK | X_OK) == 0 else {
      throw FileError(.create, folder)
    }
    if try !addsToEvents && !Self.eventFiles(in: folder).isEmpty {
      throw TrainingRecordsError.otherEvents(folder: folder)
    }
  }

  /// Appends a record's scalars.
  ///
  /// - Throws: `FileError`; later records are left out then.
  package func append(_ record: MetricsRecord) throws(FileError) {
    if file == nil { try begin(afterRunStep: 0) }
    let scalars: [(tag: String, value: Double)] =
      switch record {
      case .step(let metrics):
        [
          ("train/loss", metrics.loss), ("train/accuracy", metrics.accuracy),
          ("train/learning_rate", metrics.learningRate),
          ("train/gradient_norm", metrics.gradientNorm),
          ("train/tokens_per_second", Double(metrics.tokenCount) / max(metrics.seconds, 1e-9)),
          ("train/stage", Double(metrics.stage)),
        ]
      case .evaluation(let metrics):
        [("evaluation/loss", metrics.loss), ("evaluation/accuracy", metrics.accuracy)]
      }
    try append(.scalars(scalars), step: record.runStep)
  }

  /// Begins a new file that makes void what earlier files hold of later steps.
  ///
  /// An evaluation at the very step from which the run goes on may be recorded twice, with the same
  /// numbers: a file can void whole steps alone.
  ///
  /// - Throws: `FileError`.
  package func resume(at point: ResumePoint) throws(FileError) {
    try begin(afterRunStep: point.runStep)
  }

  private func begin(afterRunStep runStep: Int) throws(FileError) {
    // Readers take a folder's files by name; a clock that was set back must not mix them up.
    let last = try Self.eventFiles(in: folder).compactMap(Self.time).max() ?? 0
    let time = max(Int(wallTime()), last < Int.max ? last + 1 : last)
    let digits = String(time)
    let padded = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    file = try AppendedFile(path: "\(folder)/\(Self.prefix)\(padded).rmt", isNew: true)
    try append(.fileVersion, step: 0)
    try append(.start, step: runStep < Int.max ? runStep + 1 : runStep)
  }

  private func append(_ content: SummaryEvent.Content, step: Int) throws(FileError) {
    let event = SummaryEvent(wallTime: wallTime(), step: step, content: content)
    try file?.append(FramedRecord.bytes(around: event.message.bytes))
  }

  /// The seconds in an event file's name.
  private static func time(of name: String) -> Int? {
    Int(name.dropFirst(prefix.count).prefix { $0 != "." })
  }

  private static func eventFiles(in folder: String) throws(FileError) -> [String] {
    guard let stream = opendir(folder) else { throw FileError(.list, folder) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(prefix) { names.append(name) }
    }
    return names
  }

  /// The system's clock.
  package static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
