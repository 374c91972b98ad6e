import FineTuning
import JSON

/// Accuracy by number of segments.
struct EvaluationTable {
  private var rows: [(segmentCounts: ClosedRange<Int>, evaluation: Evaluation)] = []

  /// Adds what was measured on documents of so many segments.
  mutating func add(segmentCounts: ClosedRange<Int>, _ evaluation: Evaluation) {
    rows.append((segmentCounts, evaluation))
  }

  /// What a person reads.
  var text: String {
    var table = TextTable(
      [.right, .right, .right, .left, .right],
      heading: ["segments", "samples", "accuracy", "95 % interval", "seconds"])
    for (counts, evaluation) in rows {
      let interval = evaluation.interval
      let isEmpty = evaluation.sampleCount == 0
      table.add(
        counts.count == 1
          ? "\(counts.upperBound)" : "\(counts.lowerBound) to \(counts.upperBound)",
        "\(evaluation.sampleCount)",
        isEmpty ? "-" : percentage(evaluation.accuracy),
        isEmpty
          ? "-" : "\(percentage(interval.lowerBound)) to \(percentage(interval.upperBound))",
        decimal(evaluation.seconds, digits: 2))
    }
    return table.text()
  }

  /// The same for a program; a row without samples has accuracy `null`.
  var json: JSONValue {
    [
      "rows": .array(
        rows.map { counts, evaluation in
          let isEmpty = evaluation.sampleCount == 0
          return [
            "segments": .integer(counts.upperBound),
            "leastSegments": .integer(counts.lowerBound),
            "samples": .integer(evaluation.sampleCount),
            "correct": .integer(evaluation.correctCount),
            "accuracy": isEmpty ? .null : .number(evaluation.accuracy),
            "interval": [
              .number(evaluation.interval.lowerBound), .number(evaluation.interval.upperBound),
            ],
            "loss": isEmpty ? .null : .number(evaluation.meanLoss),
            "tokens": .integer(evaluation.tokenCount),
            "seconds": .number(evaluation.seconds),
          ]
        })
    ]
  }
}
