import JSON
import TensorStorage

/// What a model made of a document.
struct ReadingResult {
  /// The document's name for people.
  let document: String
  /// The model's labels.
  let labels: [String]
  /// The last segment's logits, one a label.
  let logits: [Float]
  /// Tokens and segments of the document.
  let tokenCount: Int
  let segmentCount: Int
  /// Tokens and segments that the memory has seen, earlier documents included.
  let tokensRead: Int
  let segmentsRead: Int
  /// Seconds that reading took.
  let seconds: Double

  /// Labels that a person is shown at most.
  private static let shownLabelCount = 10

  /// What a person reads.
  var text: String {
    let probabilities = ClassProbabilities(logits: logits)
    var table = TextTable([.left, .right])
    for label in probabilities.ranking.prefix(Self.shownLabelCount) {
      table.add(labels[label], percentage(probabilities.values[label], digits: 2))
    }
    var lines = [
      "\(document): \(labels[probabilities.best].printableName)", table.text(indentation: 2),
    ]
    if labels.count > Self.shownLabelCount {
      lines.append("  and \(labels.count - Self.shownLabelCount) more labels")
    }
    let earlier = segmentsRead - segmentCount
    lines.append(
      "  \(counted(tokenCount, "token")) in \(counted(segmentCount, "segment"))"
        + (earlier > 0 ? " after \(earlier) before" : "")
        + ", \(decimal(seconds, digits: 2)) s")
    return lines.joined(separator: "\n")
  }

  /// The same for a program; without the seconds, so that the same document gives the same bytes.
  var json: JSONValue {
    let probabilities = ClassProbabilities(logits: logits)
    var named = JSONObject()
    for (label, value) in zip(labels, probabilities.values) { named[label] = .number(value) }
    return [
      "document": .string(document),
      "label": .string(labels[probabilities.best]),
      "probabilities": .object(named),
      "logits": .array(logits.map { .number(Double($0)) }),
      "tokens": .integer(tokenCount),
      "segments": .integer(segmentCount),
      "tokensRead": .integer(tokensRead),
      "segmentsRead": .integer(segmentsRead),
    ]
  }
}
