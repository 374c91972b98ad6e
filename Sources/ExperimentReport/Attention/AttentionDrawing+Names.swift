/// What is written beside and below the panels.
extension AttentionDrawing {
  /// Left of the first panel of a row: which layer it is, and what its rows are.
  func rowNames(_ panel: AttentionPanel, _ cells: AttentionCells, y: Double) -> [Markup] {
    let x = Self.margin + Self.gutter - 9
    var names = panel.name.split(separator: ", ").enumerated().map { line, name in
      label(
        String(name), x: Self.margin, y: y + 8 + Self.lineHeight * Double(line), size: 11,
        weight: "600")
    }
    for (text, group, color) in [
      ("[CLS]", 0..<1, Self.faint), ("memory", cells.memory, Self.memoryColor),
      ("text", cells.text, Self.faint), ("[SEP]", cells.count - 1..<cells.count, Self.faint),
    ] {
      let middle = Self.cell * Double(group.lowerBound + group.upperBound) / 2
      names.append(
        label(text, x: x, y: y + middle + 3, size: 9, fill: color, anchor: "end"))
    }
    return names
  }

  /// What each cell holds, beside rows or, turned, under columns: words where they can be read and
  /// where a cell is a sentence, else the tokens' numbers.
  func cellNames(
    _ column: AttentionMaps.Column, turned: Bool, x: Double, y: Double
  ) -> [Markup] {
    let cells = column.cells
    let size = 6.6
    func name(_ text: String, cell: Int, _ color: String) -> Markup {
      let along = Self.cell * (Double(cell) + 0.5) + 2
      let place =
        turned
        ? "translate(\(number(x + along)) \(number(y))) rotate(-90)"
        : "translate(\(number(x)) \(number(y + along)))"
      return .element(
        "text",
        [
          "transform": place, "text-anchor": turned ? "end" : "start",
          "font-size": number(size), "fill": color,
        ], clipped(text, width: Self.wordHeight - 6, size: size))
    }
    var names = [
      name("[CLS]", cell: 0, Self.faint),
      name("[SEP]", cell: cells.memory.upperBound, Self.faint),
      name("[SEP]", cell: cells.count - 1, Self.faint),
    ]
    for cell in cells.memory {
      let rows = cells.rows[cell]
      let last = rows.count > 1 ? "–\(rows.upperBound - 2)" : ""
      names.append(name("memory \(rows.lowerBound - 1)\(last)", cell: cell, Self.memoryColor))
    }
    let firstRow = cells.text.first.map { cells.rows[$0].lowerBound } ?? 0
    let showsWords = cells.text.allSatisfy { cells.rows[$0].count <= 3 }
    for cell in cells.text {
      let tokens = cells.rows[cell].lowerBound - firstRow..<cells.rows[cell].upperBound - firstRow
      let text =
        showsWords || cells.sentences.contains(cell)
        ? column.text.text(of: tokens) : "token \(tokens.lowerBound)–\(tokens.upperBound - 1)"
      names.append(name(text, cell: cell, Self.ink))
    }
    return names
  }

  /// The sentences that memory tokens look at most and, below the last segment, how much its last one
  /// looks at memory: what is written, and what the question reads.
  func readings(
    _ column: AttentionMaps.Column, isLast: Bool, x: Double, y: Double
  ) -> [Markup] {
    let width = Self.width(of: column)
    var lines: [Markup] = []
    var top = y + 14
    func head(_ text: String) {
      lines.append(label(text, x: x, y: top, size: 9.5, weight: "600"))
      top += 15
    }
    func entry(_ sentence: Range<Int>, _ share: String) {
      let words = clipped("“\(column.text.text(of: sentence))”", width: width, size: 10)
      lines.append(label(words, x: x, y: top, size: 10))
      lines.append(label(share, x: x, y: top + 11, size: 8.5, fill: Self.memoryColor))
      top += 2 * Self.lineHeight
    }
    func percent(_ share: Double) -> String { NumberFormat.percentage(share, digits: 0) }
    head("Memory tokens look most at")
    for reading in column.readings.prefix(Self.readingLimit) {
      entry(
        reading.sentence,
        "memory \(reading.memoryText): \(percent(reading.share)) of their attention")
    }
    if column.readings.isEmpty {
      lines.append(
        label("no sentence much more than the rest", x: x, y: top, size: 10, fill: Self.faint))
      top += Self.lineHeight
    }
    if isLast, let last = column.text.sentences.last, let share = column.lastSentenceShare {
      top += 8
      head("The last sentence looks at memory")
      entry(last, "with \(percent(share)) of its attention")
    }
    return lines
  }
}
