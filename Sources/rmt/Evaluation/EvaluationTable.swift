import FineTuning
import JSON

/// Accuracy by number of segments.
struct EvaluationTable {
  /// What was measured, from short to long.
  let rows: [EvaluationRow]

  /// What a person reads.
  var text: String {
    var table = TextTable(
      [.right, .right, .right, .left, .right, .right, .right, .right],
      heading: [
        "segments", "samples", "accuracy", "95 % interval", "loss", "tokens", "seconds", "memory",
      ])
    for row in rows {
      let (counts, evaluation) = (row.segmentCounts, row.evaluation)
      let interval = evaluation.interval
      let isEmpty = evaluation.sampleCount == 0
      table.add(
        counts.count == 1
          ? "\(counts.upperBound)" : "\(counts.lowerBound) to \(counts.upperBound)",
        "\(evaluation.sampleCount)",
        isEmpty ? "-" : percentage(evaluation.accuracy),
        isEmpty
          ? "-" : "\(percentage(interval.lowerBound)) to \(percentage(interval.upperBound))",
        isEmpty ? "-" : decimal(evaluation.meanLoss, digits: 4), grouped(evaluation.tokenCount),
        decimal(evaluation.seconds, digits: 2),
        row.residentByteCount.map { byteCountText($0) } ?? "-")
    }
    return table.text()
  }

  /// The same for a program.
  var json: JSONValue { ["rows": .array(rows.map { .object($0.json) })] }
}

extension EvaluationRow {
  /// The row in a few words.
  var summary: String {
    "\(evaluation.correctCount) of \(evaluation.sampleCount) right after "
      + durationText(evaluation.seconds)
  }
}
