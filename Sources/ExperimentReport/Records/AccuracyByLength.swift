import FineTuning

/// What was measured of one task with the facts in one place and the same stories, all models
/// together, by length.
struct AccuracyByLength {
  /// One length.
  struct Row {
    let segmentCount: Int
    /// The results that were pooled: one for each model and set of documents.
    let results: [AccuracyResult]

    /// The results of a length, each measurement once.
    ///
    /// Two evaluations of an experiment may ask the same model about the same documents; the one that
    /// asked about more of them is kept, of equals the later.
    init(segmentCount: Int, measured: [AccuracyResult]) {
      self.segmentCount = segmentCount
      var order: [AccuracyResult.Measurement] = []
      var kept: [AccuracyResult.Measurement: AccuracyResult] = [:]
      for result in measured {
        let measurement = result.measurement
        if let known = kept[measurement] {
          if known.sampleCount > result.sampleCount { continue }
        } else {
          order.append(measurement)
        }
        kept[measurement] = result
      }
      results = order.compactMap { kept[$0] }
    }

    /// Answers: every model's about every one of its documents.
    var sampleCount: Int { results.reduce(0) { $0 + $1.sampleCount } }
    var correctCount: Int { results.reduce(0) { $0 + $1.correctCount } }
    var accuracy: Double { Double(correctCount) / Double(max(1, sampleCount)) }
    /// Different documents, however many models read each.
    var documentCount: Int {
      Dictionary(grouping: results, by: \.documents)
        .reduce(0) { $0 + ($1.value.map(\.sampleCount).max() ?? 0) }
    }
    /// Models that answered.
    var modelCount: Int { Set(results.map(\.model)).count }
    /// Where the accuracy lies, from as many trials as there are documents.
    ///
    /// Several models' answers about one document are no independent trials: what is hard for one is
    /// hard for another. The interval is that of one answer a document.
    var interval: WilsonInterval { WilsonInterval(rate: accuracy, trialCount: documentCount) }
    /// How many documents and models there are: `100`, or `100 × 2 models`.
    var countText: String {
      let documents = NumberFormat.grouped(documentCount)
      guard modelCount > 1 else { return documents }
      let (everyAnswer, overflows) = documentCount.multipliedReportingOverflow(by: modelCount)
      return !overflows && everyAnswer == sampleCount
        ? "\(documents) × \(modelCount) models" : "\(documents), \(modelCount) models"
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
  /// What a reader knows the stories by; `nil` where there is no choice.
  let storiesName: String?
  let segmentPositions: Int
  /// The lengths, rising.
  let rows: [Row]

  /// Results gathered by task, place of the facts, stories and size of a segment, in the order of the
  /// file.
  static func gathered(_ results: [AccuracyResult]) -> [AccuracyByLength] {
    struct Key: Hashable {
      let task: String
      let factPositions: String?
      let stories: String?
      let segmentPositions: Int
    }
    var order: [Key] = []
    var groups: [Key: [Int: [AccuracyResult]]] = [:]
    // A length of which a file has no document says nothing.
    for result in results where result.sampleCount > 0 {
      let key = Key(
        task: result.task, factPositions: result.factPositions, stories: result.stories,
        segmentPositions: result.segmentPositions)
      if groups[key] == nil { order.append(key) }
      groups[key, default: [:]][result.segmentCount, default: []].append(result)
    }
    let names = storiesNames(in: results)
    return order.map { key in
      AccuracyByLength(
        task: key.task, factPositions: key.factPositions,
        storiesName: key.stories.flatMap { names[$0] }, segmentPositions: key.segmentPositions,
        rows: (groups[key] ?? [:]).sorted { $0.key < $1.key }
          .map { Row(segmentCount: $0.key, measured: $0.value) })
    }
  }

  /// What a reader knows every set of stories by: its file's name, or `generated`, with number and
  /// checksum where several have that name; nothing where all are the program's own.
  private static func storiesNames(in results: [AccuracyResult]) -> [String: String] {
    var names: [String: String] = [:]
    for result in results {
      guard let stories = result.stories else { continue }
      names[stories] = result.storiesFile ?? names[stories] ?? result.ownStoriesName ?? stories
    }
    guard names.count > 1 || results.contains(where: { $0.storiesFile != nil }) else { return [:] }
    let counts = Dictionary(grouping: names.values, by: \.self).mapValues(\.count)
    return names.reduce(into: [:]) { result, entry in
      let (stories, name) = entry
      let isEnough = counts[name] == 1
      result[stories] = isEnough ? name : stories.hasPrefix(name) ? stories : "\(name), \(stories)"
    }
  }

  /// What the paper reports of the task; `nil` where the facts stood elsewhere than the paper's.
  var published: PublishedAccuracy? {
    factPositions ?? "first" == "first" ? PublishedAccuracy(task: task) : nil
  }

  /// Where the facts stood and what stories they are from, in words.
  var factsText: String {
    let text =
      switch factPositions {
      case "first": "facts in the first segment"
      case "random": "facts opening random segments"
      case "anywhere": "facts anywhere"
      case let other?: "facts: \(other)"
      case nil: "measured"
      }
    return [text, storiesName.map { "stories: \($0)" }].compactMap { $0 }.joined(separator: ", ")
  }
}
