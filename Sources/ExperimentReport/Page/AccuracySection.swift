/// Accuracy, time and memory by the length of documents.
struct AccuracySection {
  private let groups: [AccuracyByLength]

  init(_ groups: [AccuracyByLength]) { self.groups = groups }

  /// The result in one sentence: the longest documents of the first group.
  var sentence: String {
    guard let group = groups.first, let row = group.rows.last else {
      return "There is no results.jsonl yet, so there is no result to tell."
    }
    let interval = row.interval
    var text =
      opening(row)
      + "\(Self.percent(row.accuracy)), 95\u{A0}% interval \(Self.percent(interval.lowerBound)) to "
      + Self.percent(interval.upperBound)
    if let value = group.published?.accuracy(segmentCount: row.segmentCount) {
      text += "; the paper reports \(NumberFormat.percentage(value, digits: 2))"
      text += PublishedAccuracy.segmentNote(beside: [group.segmentPositions])
    }
    if groups.count > 1 { text += "; \(group.factsText)" }
    return text + "."
  }

  /// How many documents there are and how many are answered right, up to the colon.
  private func opening(_ row: AccuracyByLength.Row) -> String {
    let length =
      "\(NumberFormat.grouped(row.segmentCount)) segment\(row.segmentCount == 1 ? "" : "s") "
      + "(\(NumberFormat.decimal(row.tokenCount, digits: 0)) tokens)"
    let correct = NumberFormat.grouped(row.correctCount)
    guard row.modelCount > 1 else {
      return "Of \(row.countText) documents of \(length) \(correct) are answered right: "
    }
    return "\(NumberFormat.grouped(row.documentCount)) documents of \(length), read by "
      + "\(row.modelCount) models: \(correct) of \(NumberFormat.grouped(row.sampleCount)) answers "
      + "are right, "
  }

  /// The chart of accuracy and the table of everything.
  var accuracy: [Markup] {
    guard !groups.isEmpty else {
      return [
        ExperimentReport.missing(
          "There is no results.jsonl; `rmt evaluate` measures accuracy by length.")
      ]
    }
    let published = task.flatMap(PublishedAccuracy.init)
    let series = series(published)
    let chart = LineChart(
      title: "Accuracy by number of segments", xAxis: segmentAxis(tickLimit: 13),
      yAxis: Axis("accuracy", scale: .linear, values: [0, 1], label: LearningSection.percent),
      series: series,
      reference: published.map { ($0.chance, "chance, \(Self.percent($0.chance))") })
    var figures = [
      ExperimentReport.figure(
        chart.svg(),
        caption: "Accuracy with its 95 % interval (Wilson), all models together. "
          + "The interval counts documents, not answers: what several models say about one "
          + "document is not independent. Faint dots are single models or sets of documents.")
    ]
    let seen = series.flatMap(\.points).flatMap { [$0.y, $0.interval?.lowerBound ?? $0.y] }
    if let least = seen.min(), least > Self.closeUpLimit {
      let closeUp = LineChart(
        title: "Accuracy by number of segments, close up", xAxis: segmentAxis(tickLimit: 13),
        yAxis: Axis("accuracy", scale: .linear, values: [min(least, 0.99), 1]) {
          NumberFormat.short($0 * 100) + " %"
        },
        series: series)
      figures.append(
        ExperimentReport.figure(closeUp.svg(height: 360), caption: "The same, close up."))
    }
    return figures + [AccuracyTable(groups).markup]
  }

  /// Accuracies above this are looked at closely.
  private static let closeUpLimit = 0.6

  /// What was measured, and what the paper reports up to the same length.
  private func series(_ published: PublishedAccuracy?) -> [LineChart.Series] {
    var series = groups.enumerated().flatMap { index, group -> [LineChart.Series] in
      let pooled = LineChart.Series(
        name: name(of: group), style: .measured, color: index % LineChart.measuredColorCount,
        points: group.rows.map {
          LineChart.Point(
            x: Double($0.segmentCount), y: $0.accuracy,
            interval: $0.interval.lowerBound...$0.interval.upperBound)
        })
      let seeds = group.rows.filter { $0.results.count > 1 }.flatMap { row in
        row.results.map {
          LineChart.Point(
            x: Double(row.segmentCount), y: Double($0.correctCount) / Double($0.sampleCount))
        }
      }
      guard !seeds.isEmpty else { return [pooled] }
      return [
        LineChart.Series(
          name: nil, style: .dots, color: index % LineChart.measuredColorCount, points: seeds),
        pooled,
      ]
    }
    if let published, groups.contains(where: { $0.published != nil }) {
      let longest = groups.flatMap(\.rows).map(\.segmentCount).max() ?? 1
      let points = PublishedAccuracy.segmentCounts.filter { $0 <= max(2, longest) }.compactMap {
        count in
        published.accuracy(segmentCount: count).map { LineChart.Point(x: Double(count), y: $0) }
      }
      series.append(
        LineChart.Series(
          name: "paper, BERT-base on \(published.title), facts first"
            + PublishedAccuracy.segmentNote(beside: segmentPositions),
          style: .published, color: 9,
          points: points))
    }
    return series
  }

  /// The charts of time and memory.
  var cost: [Markup] {
    let rows = groups.flatMap(\.rows)
    guard !rows.isEmpty else {
      return [ExperimentReport.missing("Without results.jsonl there is nothing to show.")]
    }
    let time = LineChart(
      title: "Seconds a document by number of segments", xAxis: segmentAxis(tickLimit: 7),
      yAxis: Axis("seconds a document", scale: .logarithmic10, values: rows.map(\.seconds)),
      series: lines { $0.seconds > 0 ? $0.seconds : nil })
    let memory = LineChart(
      title: "Memory by number of segments", xAxis: segmentAxis(tickLimit: 7),
      yAxis: Axis(
        "resident memory, MB", scale: .linear,
        values: rows.compactMap { $0.residentByteCount.map { Double($0) / 1e6 } },
        includesZero: true),
      series: lines { $0.residentByteCount.map { Double($0) / 1e6 } })
    var figures = [
      ExperimentReport.figure(
        time.svg(width: 420, height: 300),
        caption: "Time to answer a document of that length, read several side by side.")
    ]
    if memory.series.isEmpty {
      figures.append(ExperimentReport.missing("The system did not tell how much memory was used."))
    } else {
      figures.append(
        ExperimentReport.figure(
          memory.svg(width: 420, height: 300),
          caption: "Resident memory of the process at the end of each length."))
    }
    return [.element("div", ["class": "pair"], figures)]
  }

  /// The one task that was measured; `nil` when there are several.
  private var task: String? {
    Set(groups.map(\.task)).count == 1 ? groups.first?.task : nil
  }

  private var segmentPositions: Set<Int> { Set(groups.map(\.segmentPositions)) }

  private func name(of group: AccuracyByLength) -> String {
    return (task == nil ? "\(group.task), " : "") + group.factsText
      + (segmentPositions.count > 1 ? ", \(group.segmentPositions) positions" : "")
  }

  private func segmentAxis(tickLimit: Int) -> Axis {
    let size =
      segmentPositions.count == 1 ? segmentPositions.first.map { " of \($0) positions" } ?? "" : ""
    return Axis(
      "segments\(size)", scale: .logarithmic2,
      values: groups.flatMap(\.rows).map { Double($0.segmentCount) }, tickLimit: tickLimit
    ) { NumberFormat.decimal($0, digits: 0) }
  }

  private func lines(_ value: (AccuracyByLength.Row) -> Double?) -> [LineChart.Series] {
    groups.enumerated().compactMap { index, group in
      let points = group.rows.compactMap { row in
        value(row).map { LineChart.Point(x: Double(row.segmentCount), y: $0) }
      }
      return points.isEmpty
        ? nil
        : LineChart.Series(
          name: groups.count > 1 ? shortName(of: group) : nil, style: .measured,
          color: index % LineChart.measuredColorCount, points: points)
    }
  }

  /// A name for charts of half the width.
  private func shortName(of group: AccuracyByLength) -> String {
    [
      task == nil ? group.task : nil, group.factPositions ?? "\(group.segmentPositions) positions",
      group.storiesName,
    ].compactMap { $0 }.joined(separator: " ")
  }

  static func percent(_ part: Double) -> String { NumberFormat.percentage(part) }
}
