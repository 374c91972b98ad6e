/// A chart of lines over two axes.
package struct LineChart: Sendable {
  /// A point of a line.
  package struct Point: Sendable, Equatable {
    /// Its place.
    package let x: Double
    package let y: Double
    /// The range in which `y` is known to lie.
    package let interval: ClosedRange<Double>?

    /// A point.
    package init(x: Double, y: Double, interval: ClosedRange<Double>? = nil) {
      self.x = x
      self.y = y
      self.interval = interval
    }
  }

  /// How a series looks.
  package enum Style: Sendable {
    /// A line with a dot at each point and bars for the intervals.
    case measured
    /// A line alone, with a band for the intervals.
    case curve
    /// A dashed line with small dots: what others found.
    case published
    /// Faint dots without a line.
    case dots
  }

  /// Points that belong together.
  package struct Series: Sendable {
    /// What they are; without a name they are left out of the legend.
    package let name: String?
    /// How they look.
    package let style: Style
    /// Which of the page's colours they have: one below ``measuredColorCount``, or 9 for what others
    /// found.
    package let color: Int
    /// The points, by rising x.
    package let points: [Point]

    /// A series.
    package init(name: String?, style: Style, color: Int, points: [Point]) {
      self.name = name
      self.style = style
      self.color = color
      self.points = points
    }

    /// The same without the ranges of its points.
    var withoutIntervals: Series {
      Series(
        name: name, style: style, color: color, points: points.map { Point(x: $0.x, y: $0.y) })
    }
  }

  /// Colours that the page has for what was measured.
  static let measuredColorCount = 6

  /// What the chart is, for those who cannot see it.
  package let title: String
  package let xAxis: Axis
  package let yAxis: Axis
  package let series: [Series]
  /// Places of x at which something begins, with its name.
  package let divisions: [(x: Double, name: String)]
  /// A value of y to compare with, with its name.
  package let reference: (y: Double, name: String)?

  /// A chart.
  package init(
    title: String, xAxis: Axis, yAxis: Axis, series: [Series],
    divisions: [(x: Double, name: String)] = [], reference: (y: Double, name: String)? = nil
  ) {
    self.title = title
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.series = series
    self.divisions = divisions
    self.reference = reference
  }

  /// Few points in place of many: the mean of each of `limit` equal parts of the x range, with the
  /// range of its values as interval.
  package static func condensed(_ points: [Point], limit: Int) -> [Point] {
    guard points.count > limit, let first = points.first, let last = points.last, last.x > first.x
    else { return points }
    var groups = [[Point]](repeating: [], count: limit)
    for point in points {
      let place = (point.x - first.x) / (last.x - first.x) * Double(limit)
      groups[min(limit - 1, max(0, Int(place)))].append(point)
    }
    return groups.compactMap { group in
      guard let low = group.map(\.y).min(), let high = group.map(\.y).max() else { return nil }
      let count = Double(group.count)
      return Point(
        x: group.reduce(0) { $0 + $1.x } / count, y: group.reduce(0) { $0 + $1.y } / count,
        interval: low...high)
    }
  }
}
