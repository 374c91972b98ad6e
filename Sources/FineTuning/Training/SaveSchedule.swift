/// When a run saves its state: every so many steps, or as often as costs a twentieth of the time.
struct SaveSchedule {
  /// The share of a run's time that saving may take when no interval is given, as 1 in this many.
  static let costDivisor = 20
  /// Below this, saving more often gains nothing.
  static let leastSeconds = 30.0

  /// Steps between saves; `nil` to go by cost.
  let interval: Int?
  private let clock = ContinuousClock()
  private var lastSave: ContinuousClock.Instant
  private var lastCost = 0.0

  init(interval: Int?) {
    self.interval = interval
    lastSave = clock.now
  }

  /// Whether a save is due after this many steps of the run.
  func isDue(afterRunStep runStep: Int) -> Bool {
    if let interval { return runStep % interval == 0 }
    let passed = seconds(lastSave.duration(to: clock.now))
    return passed >= max(Self.leastSeconds, lastCost * Double(Self.costDivisor))
  }

  /// Runs a save and remembers what it cost.
  mutating func perform(_ save: () throws -> Void) rethrows {
    lastCost = seconds(try clock.measure(save))
    lastSave = clock.now
  }
}

/// A duration in seconds.
func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}
