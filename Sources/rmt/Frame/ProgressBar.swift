import Synchronization

/// A line that shows how far work has come, its rate and the time left.
///
/// It appears only on a terminal, only after a second, and at most ten times a second; it goes away
/// when the bar does.
final class ProgressBar: Sendable {
  /// What is counted.
  enum Unit: Sendable {
    /// Bytes, shown in powers of 1000.
    case bytes
    /// Things with a name in the plural.
    case things(String)
  }

  private struct State {
    var start: ContinuousClock.Instant
    var lastShown: ContinuousClock.Instant?
  }

  private let label: String
  private let unit: Unit
  private let isShown: Bool
  private let completedBefore: Int
  private let state = Mutex(State(start: .now, lastShown: nil))

  /// A bar that has not begun.
  ///
  /// - Parameter completedBefore: what an earlier run did, which says nothing about this one's rate.
  init(_ label: String, unit: Unit, isShown: Bool, completedBefore: Int = 0) {
    self.label = label
    self.unit = unit
    self.completedBefore = completedBefore
    self.isShown = isShown && StandardError.isTerminal
  }

  deinit { finish() }

  /// Says how much of `total` is done, with a word on how it goes; a `total` of 0 is unknown.
  func update(_ completed: Int, of total: Int, detail: String = "") {
    guard isShown else { return }
    let line: String? = state.withLock { state in
      let now = ContinuousClock.now
      guard now - state.start >= .seconds(1) else { return nil }
      if let last = state.lastShown, now - last < .milliseconds(100) { return nil }
      state.lastShown = now
      return Self.line(
        label: detail.isEmpty ? label : "\(label)  \(detail)", unit: unit, completed: completed,
        sinceStart: completed - completedBefore,
        total: total, seconds: (now - state.start).inSeconds, columns: StandardError.columnCount)
    }
    if let line { StandardError.showStatus(line) }
  }

  /// Takes the line away.
  func finish() {
    if isShown { StandardError.clearStatus() }
  }

  /// The text of the line: `label  [#####-----]  50 %  12.3 MB/s  0:07 left`.
  static func line(
    label: String, unit: Unit, completed: Int, sinceStart: Int, total: Int, seconds: Double,
    columns: Int
  ) -> String {
    let rate = seconds > 0 ? Double(sinceStart) / seconds : 0
    let rateText =
      switch unit {
      case .bytes: "\(byteCountText(rate))/s"
      case .things(let name): "\(decimal(rate, digits: rate < 10 ? 2 : 0)) \(name)/s"
      }
    var tail = rateText
    var bar = ""
    if total > 0 {
      let fraction = min(1, max(0, Double(completed) / Double(total)))
      let left = rate > 0 ? durationText(Double(max(0, total - completed)) / rate) : "?"
      tail = "\(Int(fraction * 100)) %  \(rateText)  \(left) left"
      let width = min(40, columns - label.count - tail.count - 8)
      if width >= 10 {
        let filled = Int(fraction * Double(width))
        bar =
          "[" + String(repeating: "#", count: filled)
          + String(repeating: "-", count: width - filled) + "]  "
      }
    }
    return String("\(label)  \(bar)\(tail)".prefix(max(20, columns - 1)))
  }
}

extension Duration {
  /// The duration in seconds.
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
