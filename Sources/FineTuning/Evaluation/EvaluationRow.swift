import JSON

/// What was measured on documents of one length, or of a range of lengths.
public struct EvaluationRow: Sendable, Hashable {
  /// Segments of the documents.
  public let segmentCounts: ClosedRange<Int>
  /// What came out.
  ///
  /// Where several lengths were read in one pass, its seconds are those from the pass's beginning to
  /// the last answer of this length.
  public let evaluation: Evaluation
  /// Memory of the process when the row was done; `nil` where the system does not tell.
  public let residentByteCount: Int?
}

extension EvaluationRow {
  /// The row's numbers for a program; without samples there is no accuracy and no loss.
  package var json: JSONObject {
    let isEmpty = evaluation.sampleCount == 0
    var json = JSONObject()
    json["segments"] = .integer(segmentCounts.upperBound)
    json["leastSegments"] = .integer(segmentCounts.lowerBound)
    json["samples"] = .integer(evaluation.sampleCount)
    json["correct"] = .integer(evaluation.correctCount)
    json["accuracy"] = isEmpty ? .null : .number(evaluation.accuracy)
    json["interval"] = [
      .number(evaluation.interval.lowerBound), .number(evaluation.interval.upperBound),
    ]
    json["meanLoss"] = isEmpty ? .null : .number(evaluation.meanLoss)
    json["tokens"] = .integer(evaluation.tokenCount)
    json["seconds"] = .number(evaluation.seconds)
    json["residentBytes"] = residentByteCount.map { .integer($0) } ?? .null
    return json
  }
}
