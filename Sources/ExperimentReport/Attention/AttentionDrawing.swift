/// Where everything lies in a picture of attention maps; lengths are in pixels of an unscaled picture.
struct AttentionDrawing {
  /// The side of one weight's square.
  static let cell = 7.0
  static let margin = 20.0
  /// Room for the names of rows left of the panels.
  static let gutter = 92.0
  static let gap = 30.0
  static let captionHeight = 24.0
  static let headHeight = 122.0
  static let wordHeight = 96.0
  static let lineHeight = 13.0
  /// The most tokens that are named as read, or as written, below a panel.
  static let readingLimit = 3
  /// The hue of memory beside the blue of weights.
  static let memoryColor = "#d9730d"
  static let textColor = "#7d8590"
  static let ink = "#1f2328"
  static let faint = "#656d76"

  private let maps: AttentionMaps
  private let shades: WeightShades

  init(_ maps: AttentionMaps) {
    self.maps = maps
    // Attention that is spread over everything stays pale.
    shades = WeightShades(
      largest: maps.columns.flatMap(\.panels).flatMap(\.weights).reduce(0.1, max))
  }

  /// The side of the largest panel.
  private var panelSide: Double { maps.columns.map(Self.side).max() ?? 0 }

  static func side(of column: AttentionMaps.Column) -> Double {
    cell * Double(column.cells.count)
  }

  /// The width that a column takes: its panels' or that of the text below them.
  static func width(of column: AttentionMaps.Column) -> Double {
    max(250, side(of: column))
  }

  private var rowCount: Int { maps.columns.map(\.panels.count).max() ?? 0 }
  private var rowPitch: Double { panelSide + Self.captionHeight + 10 }
  private var width: Double {
    let panels = maps.columns.reduce(0) { $0 + Self.width(of: $1) + Self.gap }
    return max(880, 2 * Self.margin + Self.gutter + panels - Self.gap + Self.wordHeight)
  }
  private var panelsEnd: Double { Self.headHeight + Double(rowCount) * rowPitch }
  private var height: Double {
    panelsEnd + Self.wordHeight + 49 + 2 * Self.lineHeight * Double(Self.readingLimit + 1)
      + Self.margin
  }

  /// The picture.
  var document: Markup {
    var children: [Markup] = [
      .element("title", [:], "Who reads and writes memory"),
      .element(
        "rect",
        ["width": number(width), "height": number(height), "fill": "#ffffff"]),
    ]
    children += head
    var x = Self.margin + Self.gutter
    for (index, column) in maps.columns.enumerated() {
      children.append(
        draw(column, x: x, isFirst: index == 0, isLast: index == maps.columns.count - 1))
      x += Self.width(of: column) + Self.gap
    }
    return .element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "width": number(width), "height": number(height),
        "viewBox": "0 0 \(number(width)) \(number(height))", "role": "img",
        "font-family": "'Helvetica Neue', Helvetica, Arial, sans-serif",
      ], children)
  }

  private var head: [Markup] {
    let x = Self.margin
    let explanation =
      "Rows look at columns. Memory rows over text: what is written. Memory rows over memory: what "
      + "is carried. Text rows over memory: what is read."
    return [
      label("Who reads and writes memory", x: x, y: 34, size: 19, weight: "600"),
      label(clipped(maps.subtitle, width: width - 2 * x, size: 12), x: x, y: 58, size: 12),
      label(
        clipped(explanation, width: width - 2 * x, size: 10.5), x: x, y: 77, size: 10.5,
        fill: Self.faint),
      legend(x: width - Self.margin - 220, y: 26),
    ]
  }

  private func legend(x: Double, y: Double) -> Markup {
    let count = WeightShades.levelCount, step = 220 / Double(count)
    var parts = (0..<count).map { level in
      Markup.element(
        "rect",
        [
          "x": number(x + Double(level) * step), "y": number(y), "width": number(step + 0.3),
          "height": "9", "fill": shades.color(level),
        ])
    }
    parts.append(
      .element(
        "rect",
        [
          "x": number(x), "y": number(y), "width": "220", "height": "9", "fill": "none",
          "stroke": "#d0d7de", "stroke-width": "0.6",
        ]))
    for weight in shades.ticks {
      parts.append(
        label(
          NumberFormat.percentage(weight, digits: weight < 0.0095 ? 1 : 0),
          x: x + 220 * shades.place(of: weight), y: y + 20, size: 8.5, fill: Self.faint,
          anchor: "middle"))
    }
    parts.append(label("attention weight", x: x, y: y - 5, size: 9, fill: Self.faint))
    return .element("g", [:], parts)
  }

  private func draw(
    _ column: AttentionMaps.Column, x: Double, isFirst: Bool, isLast: Bool
  ) -> Markup {
    let side = Self.side(of: column)
    var parts = [
      label(column.name, x: x, y: Self.headHeight - 12, size: 12, weight: "600")
    ]
    for (row, panel) in column.panels.enumerated() {
      let y = Self.headHeight + Double(row) * rowPitch
      parts.append(draw(panel, column.cells, x: x, y: y))
      if isFirst { parts += rowNames(panel, column.cells, y: y) }
      if isLast { parts += cellNames(column, turned: false, x: x + side + 5, y: y) }
    }
    let end = Self.headHeight + Double(column.panels.count - 1) * rowPitch + side
    parts += cellNames(column, turned: true, x: x, y: end + Self.captionHeight - 4)
    parts += readings(column, isLast: isLast, x: x, y: panelsEnd + Self.wordHeight)
    return .element("g", [:], parts)
  }

  private func draw(
    _ panel: AttentionPanel, _ cells: AttentionCells, x: Double, y: Double
  ) -> Markup {
    let side = Self.cell * Double(cells.count)
    let place = "translate(\(number(x)) \(number(y)))"
    var parts = shades.paths(panel.weights, side: cells.count, cell: Self.cell)
    // Where memory begins and ends, as lines through the panel and bars at its edges.
    for edge in [cells.memory.lowerBound, cells.memory.upperBound] {
      let at = number(Self.cell * Double(edge))
      let end = number(side)
      for path in ["M\(at) 0V\(end)", "M0 \(at)H\(end)"] {
        parts.append(
          .element(
            "path",
            ["d": path, "stroke": Self.memoryColor, "stroke-width": "0.7", "opacity": "0.55"]))
      }
    }
    parts.append(
      .element(
        "rect",
        [
          "width": number(side), "height": number(side), "fill": "none", "stroke": "#8c959f",
          "stroke-width": "0.7",
        ]))
    for (group, color) in [(cells.memory, Self.memoryColor), (cells.text, Self.textColor)] {
      let start = number(Self.cell * Double(group.lowerBound) + 0.8)
      let length = number(max(0, Self.cell * Double(group.count) - 1.6))
      parts.append(
        .element(
          "rect", ["x": start, "y": "-5", "width": length, "height": "3", "fill": color]))
      parts.append(
        .element(
          "rect", ["x": "-5", "y": start, "width": "3", "height": length, "fill": color]))
    }
    let flow = panel.flow
    func percent(_ share: Double) -> String { NumberFormat.percentage(share, digits: 0) }
    let caption =
      "written \(percent(flow.written)) · carried \(percent(flow.carried)) · "
      + "read \(percent(flow.read)) · by [CLS] \(percent(flow.answered))"
    parts.append(label(caption, x: 0, y: side + 12, size: 9, fill: Self.faint))
    return .element("g", ["transform": place], parts)
  }

  func label(
    _ text: String, x: Double, y: Double, size: Double, weight: String = "400",
    fill: String = ink, anchor: String = "start"
  ) -> Markup {
    .element(
      "text",
      [
        "x": number(x), "y": number(y), "font-size": number(size), "font-weight": weight,
        "fill": fill, "text-anchor": anchor,
      ], text)
  }

  /// A text that fits a width, by the mean width of a letter; the font that is used is not known.
  func clipped(_ text: String, width: Double, size: Double) -> String {
    let limit = max(4, Int(width / (0.55 * size)))
    return text.count <= limit ? text : text.prefix(limit - 1) + "…"
  }

  func number(_ value: Double) -> String { NumberFormat.coordinate(value) }
}
