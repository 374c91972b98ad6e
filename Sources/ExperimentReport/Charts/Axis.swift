import Foundation

/// An axis of a chart: what it measures, how numbers become places, where its marks are.
package struct Axis: Sendable {
  /// How numbers become places.
  package enum Scale: Sendable {
    /// Equal differences are equal distances.
    case linear
    /// Equal ratios are equal distances, marks at powers of two.
    case logarithmic2
    /// Equal ratios are equal distances, marks at powers of ten.
    case logarithmic10
  }

  /// A mark.
  package struct Tick: Sendable, Equatable {
    /// The number.
    package let value: Double
    /// What is written beside it.
    package let label: String
  }

  /// What the axis measures, with its unit.
  package let title: String
  /// How numbers become places.
  package let scale: Scale
  /// The numbers at both ends.
  package let bounds: ClosedRange<Double>
  /// Marks, rising.
  package let ticks: [Tick]

  /// An axis over what is to be seen, widened to whole marks where it is linear.
  ///
  /// - Parameters:
  ///   - values: the numbers to be seen; on a logarithmic axis those above 0 count.
  ///   - includesZero: whether a linear axis begins at 0.
  ///   - tickLimit: the most marks.
  ///   - label: how a mark is written.
  package init(
    _ title: String, scale: Scale, values: some Sequence<Double>, includesZero: Bool = false,
    tickLimit: Int = 6, label: (Double) -> String = NumberFormat.short
  ) {
    self.title = title
    self.scale = scale
    let seen = values.filter { $0.isFinite && (scale.isLinear || $0 > 0) }
    let least = seen.min() ?? (scale.isLinear ? 0 : 1)
    let greatest = seen.max() ?? 1
    let marks: [Double]
    switch scale {
    case .linear:
      let start = includesZero ? min(0, least) : least
      marks = Self.linearMarks(start, max(greatest, start), limit: tickLimit)
      bounds = (marks.first ?? start)...(marks.last ?? greatest)
    case .logarithmic2, .logarithmic10:
      let base = scale.base
      let low = (log(least) / log(base) + 1e-9).rounded(.down)
      let high = max((log(greatest) / log(base) - 1e-9).rounded(.up), low + 1)
      let step = max(1, ((high - low) / Double(max(1, tickLimit - 1))).rounded(.up))
      marks = stride(from: low, through: high, by: step).map { pow(base, $0) }
      bounds = pow(base, low)...pow(base, high)
    }
    ticks = marks.map { Tick(value: $0, label: label($0)) }
  }

  /// Where a number lies, 0 at the beginning and 1 at the end; outside of the axis beyond that.
  package func place(of value: Double) -> Double {
    func position(_ value: Double) -> Double {
      scale.isLinear ? value : log(max(value, .leastNormalMagnitude))
    }
    let (start, end) = (position(bounds.lowerBound), position(bounds.upperBound))
    return end > start ? (position(value) - start) / (end - start) : 0
  }

  /// Multiples of 1, 2 or 5 times a power of ten that enclose a range.
  private static func linearMarks(_ least: Double, _ greatest: Double, limit: Int) -> [Double] {
    let span = greatest - least
    guard span > 0, span.isFinite else {
      let size = max(abs(least), 1)
      return [least - size / 2, least, least + size / 2]
    }
    let rough = span / Double(max(2, limit) - 1)
    let power = pow(10, log10(rough).rounded(.down))
    let step = ([1, 2, 5].first { $0 * power >= rough * 0.999 } ?? 10) * power
    let first = (least / step + 1e-9).rounded(.down)
    let last = (greatest / step - 1e-9).rounded(.up)
    guard last - first < 1000 else { return [least, greatest] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }
}

extension Axis.Scale {
  var isLinear: Bool {
    if case .linear = self { true } else { false }
  }

  var base: Double {
    if case .logarithmic2 = self { 2 } else { 10 }
  }
}
