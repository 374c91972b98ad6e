import FineTuning

/// What was measured of one task with the facts in one place, all seeds together, by length.
struct AccuracyByLength {
  /// One length.
  struct Row {
    let segmentCount: Int
    /// The results that were pooled, one a seed.
    let results: [AccuracyResult]

    var sampleCount: Int { results.reduce(0) { $0 + $1.sampleCount } }
    var correctCount: Int { results.reduce(0) { $0 + $1.correctCount } }
    var accuracy: Double { Double(correctCount) / Double(max(1, sampleCount)) }
    var interval: WilsonInterval {
      WilsonInterval(successCount: correctCount, trialCount: sampleCount)
    }
    /// Tokens of a document, on average.
    var tokenCount: Double {
      results.reduce(0) { $0 + Double($1.tokenCount) } / Double(max(1, sampleCount))
    }
    /// Seconds a document.
    var seconds: Double {
      results.reduce(0) { $0 + $1.seconds } / Double(max(1, sampleCount))
    }
    /// The most memory that a measurement took.
    var residentByteCount: Int? { results.compactMap(\.residentByteCount).max() }
  }

  let task: String
  let factPositions: String?
  let segmentPositions: Int
  /// The lengths, rising.
  let rows: [Row]

  /// Results gathered by task, place of the facts and size of a segment, in the order of the file.
  static func gathered(_ results: [AccuracyResult]) -> [AccuracyByLength] {
    struct Key: Hashable {
      let task: String
      let factPositions: String?
      let segmentPositions: Int
    }
    var order: [Key] = []
    var groups: [Key: [Int: [AccuracyResult]]] = [:]
    // A length of which a file has no document says nothing.
    for result in results where result.sampleCount > 0 {
      let key = Key(
        task: result.task, factPositions: result.factPositions,
        segmentPositions: result.segmentPositions)
      if groups[key] == nil { order.append(key) }
      groups[key, default: [:]][result.segmentCount, default: []].append(result)
    }
    return order.map { key in
      AccuracyByLength(
        task: key.task, factPositions: key.factPositions, segmentPositions: key.segmentPositions,
        rows: (groups[key] ?? [:]).sorted { $0.key < $1.key }
          .map { Row(segmentCount: $0.key, results: $0.value) })
    }
  }

  /// Where the facts stood, in words.
  var factsText: String {
    switch factPositions {
    case "first": "facts in the first segment"
    case "random": "facts at random places"
    case let other?: "facts: \(other)"
    case nil: "measured"
    }
  }
}
