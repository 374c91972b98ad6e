/// The range in which a true rate lies with 95 % confidence, from k successes in n trials.
///
/// With p = k/n and z = 1.96: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). Unlike the normal
/// approximation it does not shrink to nothing at 0 and 100 %. Source: Wilson 1927, "Probable
/// Inference, the Law of Succession, and Statistical Inference".
public struct WilsonInterval: Sendable, Hashable {
  /// The lower end.
  public let lowerBound: Double
  /// The upper end.
  public let upperBound: Double

  /// The interval of `successCount` among `trialCount`; everything from 0 to 1 without trials.
  public init(successCount: Int, trialCount: Int) {
    self.init(rate: Double(successCount) / Double(max(1, trialCount)), trialCount: trialCount)
  }

  /// The interval of a rate, 0 … 1, that was seen in `trialCount` trials.
  ///
  /// The rate may be a mean over several tries of each trial, which need not be independent; the
  /// interval is then that of one try each, never a narrower one.
  public init(rate: Double, trialCount: Int) {
    guard trialCount > 0 else {
      (lowerBound, upperBound) = (0, 1)
      return
    }
    let quantile = 1.959_963_984_540_054
    let square = quantile * quantile
    let trials = Double(trialCount)
    let center = rate + square / (2 * trials)
    let spread =
      quantile * (rate * (1 - rate) / trials + square / (4 * trials * trials)).squareRoot()
    let scale = 1 + square / trials
    lowerBound = rate == 0 ? 0 : max(0, (center - spread) / scale)
    upperBound = rate == 1 ? 1 : min(1, (center + spread) / scale)
  }
}
