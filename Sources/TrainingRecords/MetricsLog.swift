import JSON
import TensorStorage

/// A file to which a training run appends what it measures, one JSON object a line.
///
/// Steps of a run rise from line to line; where they do not, and before a line that is no record, are
/// another run's lines, which stay.
package final class MetricsLog: TrainingRecorder {
  private static let lineFeed = UInt8(ascii: "\n")

  private static let recordBeginning = Array(#"{"event":""#.utf8)

  private var file: AppendedFile

  /// Opens the file to append to it.
  ///
  /// - Throws: `FileError`.
  package init(path: String) throws(FileError) {
    file = try AppendedFile(path: path)
  }

  /// Appends a record.
  ///
  /// - Throws: `FileError`; later records are left out then.
  package func append(_ record: MetricsRecord) throws(FileError) {
    try file.append(Array((record.json.serialized(pretty: false) + "\n").utf8))
  }

  /// Cuts off the lines of the last run that lie beyond the point from which it goes on, and a record
  /// that was never finished; a last line of something else is ended, and a pipe stays as it is.
  ///
  /// - Throws: `FileError`.
  package func resume(at point: ResumePoint) throws(FileError) {
    guard let byteCount = try file.regularByteCount(), byteCount > 0 else { return }
    let bytes = try RandomAccessFile(path: file.path).bytes(in: 0..<byteCount)
    let end = Self.keptByteCount(bytes, resumingAt: point)
    if end < byteCount { try file.cut(toByteCount: end) }
    if end > 0, bytes[end - 1] != Self.lineFeed { try file.append([Self.lineFeed]) }
  }

  /// The bytes before the first line that will be written once more.
  private static func keptByteCount(_ bytes: [UInt8], resumingAt point: ResumePoint) -> Int {
    var end = bytes.lastIndex(of: lineFeed).map { $0 + 1 } ?? 0
    // What is no beginning of a record is not the run's to cut off.
    guard zip(bytes[end...], recordBeginning).allSatisfy({ $0 == $1 }) else { return bytes.count }
    var next = Int.max
    while end > 0 {
      let start = bytes[..<(end - 1)].lastIndex(of: lineFeed).map { $0 + 1 } ?? 0
      guard let json = try? JSONValue(parsing: Array(bytes[start..<end - 1]), file: ""),
        let record = MetricsRecord(json: json), record.runStep <= next
      else { return end }
      let isWrittenAgain =
        switch record {
        case .step(let metrics): metrics.runStep > point.runStep
        case .evaluation(let evaluation):
          // Between two stages the last evaluation of one stays, the first of the other does not.
          evaluation.runStep > point.runStep
            || evaluation.runStep == point.runStep && evaluation.stage == point.stage
              && evaluation.step == point.step && !point.isEvaluated
        }
      guard isWrittenAgain else { return end }
      next = record.runStep
      end = start
    }
    return 0
  }
}
