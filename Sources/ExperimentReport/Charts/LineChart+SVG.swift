/// The chart as a picture inside a page, whose style sheet has its colours: classes `s0`, `s1`, … for
/// the series, `grid`, `axis`, `division`, `reference`.
extension LineChart {
  private static let left = 62.0
  private static let right = 18.0
  private static let legendRow = 20.0
  private static let bottom = 46.0

  /// The chart, so many units wide and high.
  package func svg(width: Double = 720, height: Double = 320) -> Markup {
    let legend = LegendEntry.entries(of: series, from: Self.left, to: width - Self.right)
    let rows = (legend.last?.row ?? 0) + 1
    let frame = Frame(
      left: Self.left,
      top: Self.legendRow * Double(rows) + (divisions.isEmpty ? 14 : 26),
      right: width - Self.right, bottom: height - Self.bottom, xAxis: xAxis, yAxis: yAxis)
    return .element(
      "svg",
      [
        "class": "chart", "viewBox": "0 0 \(number(width)) \(number(height))", "role": "img",
        "aria-label": title,
      ],
      [.element("g", [:], grid(frame)), .element("g", [:], marks(frame))]
        + series.map { draw($0, frame) } + [.element("g", [:], legend.flatMap(draw))])
  }

  /// The rectangle of the plot, and how numbers become places in it.
  private struct Frame {
    let left, top, right, bottom: Double
    let xAxis, yAxis: Axis

    func x(_ value: Double) -> Double { left + (right - left) * xAxis.place(of: value) }

    /// Values beyond the axis lie at its end: they never leave the plot.
    func y(_ value: Double) -> Double {
      bottom - (bottom - top) * min(1, max(0, yAxis.place(of: value)))
    }
  }

  private func grid(_ frame: Frame) -> [Markup] {
    var parts: [Markup] = []
    for tick in yAxis.ticks {
      let y = frame.y(tick.value)
      parts.append(path("M\(number(frame.left)) \(number(y))H\(number(frame.right))", "grid"))
      parts.append(label(tick.label, x: frame.left - 8, y: y + 4, anchor: "end"))
    }
    for tick in xAxis.ticks {
      let x = frame.x(tick.value)
      parts.append(path("M\(number(x)) \(number(frame.bottom))v4", "axis"))
      parts.append(label(tick.label, x: x, y: frame.bottom + 17, anchor: "middle"))
    }
    parts.append(
      path("M\(number(frame.left)) \(number(frame.bottom))H\(number(frame.right))", "axis"))
    parts.append(
      label(
        xAxis.title, x: (frame.left + frame.right) / 2, y: frame.bottom + 36, anchor: "middle"))
    let middle = number((frame.top + frame.bottom) / 2)
    parts.append(
      .element(
        "text", ["transform": "translate(14 \(middle)) rotate(-90)", "text-anchor": "middle"],
        yAxis.title))
    return parts
  }

  private func marks(_ frame: Frame) -> [Markup] {
    var parts: [Markup] = []
    var end = -Double.infinity
    for division in divisions {
      let x = frame.x(division.x)
      parts.append(path("M\(number(x)) \(number(frame.top))V\(number(frame.bottom))", "division"))
      // A name is left out where the one before still stands.
      guard x > end else { continue }
      parts.append(label(division.name, x: x + 3, y: frame.top - 5, anchor: "start"))
      end = x + 7 * Double(division.name.count)
    }
    if let reference {
      let y = frame.y(reference.y)
      parts.append(
        path("M\(number(frame.left)) \(number(y))H\(number(frame.right))", "reference"))
      parts.append(label(reference.name, x: frame.right, y: y - 5, anchor: "end"))
    }
    return parts
  }

  private func draw(_ series: Series, _ frame: Frame) -> Markup {
    let points = series.points.filter { $0.x.isFinite && $0.y.isFinite }
    let places = points.map { "\(number(frame.x($0.x))) \(number(frame.y($0.y)))" }
    let bounds = points.compactMap { point in
      point.interval.map {
        (x: frame.x(point.x), low: frame.y($0.lowerBound), high: frame.y($0.upperBound))
      }
    }
    var parts: [Markup] = []
    if series.style == .curve, bounds.count > 1 {
      let outline =
        bounds.map { "\(number($0.x)) \(number($0.high))" }
        + bounds.reversed().map { "\(number($0.x)) \(number($0.low))" }
      parts.append(path("M\(outline.joined(separator: "L"))Z", "band"))
    }
    if series.style == .measured {
      for bound in bounds {
        let (x, low, high) = (number(bound.x), number(bound.low), number(bound.high))
        let cap = "M\(number(bound.x - 3)) \(low)h6M\(number(bound.x - 3)) \(high)h6"
        parts.append(path("M\(x) \(low)V\(high)\(cap)", "bar"))
      }
    }
    if series.style != .dots, places.count > 1 {
      parts.append(path("M\(places.joined(separator: "L"))", "line"))
    }
    if series.style != .curve || places.count == 1 {
      for point in points {
        parts.append(
          .element(
            "circle",
            [
              "class": "dot", "cx": number(frame.x(point.x)), "cy": number(frame.y(point.y)),
              "r": series.style == .measured ? "3.4" : "2.4",
            ]))
      }
    }
    return .element("g", ["class": "s\(series.color) \(series.style)"], parts)
  }

  /// A named series and its place in the legend, which goes on in another row where one is full.
  private struct LegendEntry {
    let name: String
    let series: Series
    let x: Double
    let row: Int

    static func entries(of series: [Series], from left: Double, to right: Double) -> [LegendEntry] {
      var (x, row) = (left, 0)
      return series.compactMap { series in
        guard let name = series.name else { return nil }
        // The sample of the line, and letters as wide as they are on average.
        let width = 28 + 6.6 * Double(name.count)
        if x > left, x + width > right { (x, row) = (left, row + 1) }
        defer { x += width + 22 }
        return LegendEntry(name: name, series: series, x: x, row: row)
      }
    }
  }

  private func draw(_ entry: LegendEntry) -> [Markup] {
    let (series, x, y) = (entry.series, entry.x, 12 + Self.legendRow * Double(entry.row))
    var sample: [Markup] = []
    if series.style != .dots { sample.append(path("M\(number(x)) \(number(y))h22", "line")) }
    if series.style != .curve {
      sample.append(
        .element(
          "circle", ["class": "dot", "cx": number(x + 11), "cy": number(y), "r": "3"]))
    }
    return [
      .element("g", ["class": "s\(series.color) \(series.style)"], sample),
      label(entry.name, x: x + 28, y: y + 4, anchor: "start"),
    ]
  }

  private func path(_ data: String, _ name: String) -> Markup {
    .element("path", ["class": name, "d": data])
  }

  private func label(_ text: String, x: Double, y: Double, anchor: String) -> Markup {
    .element("text", ["x": number(x), "y": number(y), "text-anchor": anchor], text)
  }

  private func number(_ value: Double) -> String { NumberFormat.coordinate(value) }
}
