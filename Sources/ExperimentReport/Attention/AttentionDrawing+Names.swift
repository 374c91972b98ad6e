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

  /// What each cell holds, beside rows or, turned, under columns: words where they can be read, else
  /// the tokens' numbers.
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
        showsWords
        ? column.text.text(of: tokens) : "token \(tokens.lowerBound)–\(tokens.upperBound - 1)"
      names.append(name(text, cell: cell, Self.ink))
    }
    return names
  }

  /// The sentences that memory tokens look at most.
  func readings(_ column: AttentionMaps.Column, x: Double, y: Double) -> [Markup] {
    let width = Self.width(of: column)
    var lines = [
      label("Memory tokens look most at", x: x, y: y + 14, size: 9.5, weight: "600")
    ]
    for (index, reading) in column.readings.prefix(Self.readingLimit).enumerated() {
      let top = y + 29 + 2 * Self.lineHeight * Double(index)
      lines.append(
        label(
          clipped(
            "“\(column.text.text(of: reading.sentence))”", width: width, size: 10), x: x, y: top,
          size: 10))
      lines.append(
        label(
          "memory \(reading.memoryText): \(NumberFormat.percentage(reading.share, digits: 0)) of their attention",
          x: x, y: top + 11, size: 8.5, fill: Self.memoryColor))
    }
    return lines
  }
}
