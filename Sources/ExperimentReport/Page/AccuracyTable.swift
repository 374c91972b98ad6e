/// Every measured length in numbers.
struct AccuracyTable {
  private let groups: [AccuracyByLength]

  init(_ groups: [AccuracyByLength]) { self.groups = groups }

  /// The table.
  var markup: Markup {
    let names = [
      "facts", "segments", "tokens", "documents", "right", "accuracy", "95 % interval",
      "paper" + PublishedAccuracy.segmentNote(beside: Set(groups.map(\.segmentPositions))),
      "seconds", "memory",
    ]
    let head = Markup.element(
      "thead", [:],
      [
        .element(
          "tr", [:],
          names.enumerated().map { index, name in
            .element("th", index == 0 ? [:] : ["class": "number"], name)
          })
      ])
    let rows = groups.flatMap { group in group.rows.map { cells($0, of: group) } }.map { cells in
      Markup.element(
        "tr", [:],
        cells.enumerated().map { index, cell in
          .element("td", index == 0 ? [:] : ["class": "number"], cell)
        })
    }
    return .element(
      "div", ["class": "scroll"],
      [.element("table", [:], [head, .element("tbody", [:], rows)])])
  }

  private func cells(_ row: AccuracyByLength.Row, of group: AccuracyByLength) -> [String] {
    let interval = row.interval
    let published = group.published?.accuracy(segmentCount: row.segmentCount)
    return [
      [
        groups.first?.task == group.task ? nil : group.task, group.factPositions ?? "–",
        group.storiesName,
      ].compactMap { $0 }.joined(separator: ", "),
      NumberFormat.grouped(row.segmentCount),
      NumberFormat.decimal(row.tokenCount, digits: 0),
      row.countText,
      NumberFormat.grouped(row.correctCount), AccuracySection.percent(row.accuracy),
      "\(AccuracySection.percent(interval.lowerBound)) to \(AccuracySection.percent(interval.upperBound))",
      published.map { NumberFormat.percentage($0, digits: 2) } ?? "–",
      NumberFormat.short(row.seconds),
      row.residentByteCount.map { "\(NumberFormat.short(Double($0) / 1e6)) MB" } ?? "–",
    ]
  }
}
