/// What a measurement found.
public struct Evaluation: Sendable, Hashable {
  /// Samples measured.
  public let sampleCount: Int
  /// Samples whose label won.
  public let correctCount: Int
  /// Cross-entropy in nats, averaged over the samples.
  public let meanLoss: Double
  /// Document tokens in all samples.
  public let tokenCount: Int
  /// Seconds it took.
  public let seconds: Double

  /// The share of samples whose label won.
  public var accuracy: Double { Double(correctCount) / Double(max(1, sampleCount)) }

  /// Where the true accuracy lies with 95 % confidence.
  public var interval: WilsonInterval {
    WilsonInterval(successCount: correctCount, trialCount: sampleCount)
  }
}
