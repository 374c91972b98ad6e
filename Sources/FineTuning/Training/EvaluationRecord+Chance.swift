extension EvaluationRecord {
  /// Whether this, the best of a stage's evaluations, may be no better than guessing.
  ///
  /// - Parameter chance: the accuracy of guessing.
  func mayBeGuessed(chance: Double) -> Bool {
    // No more can be asked for, however few the samples and however often guessing is right.
    guard correctCount < sampleCount else { return false }
    // The best of several evaluations is better than guessing by luck. Where guessing leaves less than
    // twice as much to be learned, half of that is asked for.
    let margin = min(0.05, (1 - chance) / 2)
    let interval = WilsonInterval(successCount: correctCount, trialCount: sampleCount)
    return min(interval.lowerBound, accuracy - margin) <= chance
  }
}
