import FineTuning
import Testing

@Suite struct WilsonIntervalTests {
  // Worked out by hand from the formula in double precision.
  @Test(arguments: [
    (0, 10, 0.0, 0.277533), (10, 10, 0.722467, 1.0), (5, 10, 0.236593, 0.763407),
    (977, 1000, 0.965724, 0.984626),
  ])
  func `the bounds are those of the textbook`(
    successes: Int, trials: Int, lower: Double, upper: Double
  ) {
    let interval = WilsonInterval(successCount: successes, trialCount: trials)
    #expect(abs(interval.lowerBound - lower) < 1e-6)
    #expect(abs(interval.upperBound - upper) < 1e-6)
  }

  @Test func `a rate over several tries is as wide as one try each`() {
    let pooled = WilsonInterval(rate: 0.98, trialCount: 100)
    #expect(pooled == WilsonInterval(successCount: 98, trialCount: 100))
    #expect(pooled.lowerBound < WilsonInterval(successCount: 196, trialCount: 200).lowerBound)
    #expect(WilsonInterval(rate: 1, trialCount: 10).upperBound == 1)
  }

  @Test func `without trials everything is possible`() {
    let interval = WilsonInterval(successCount: 0, trialCount: 0)
    #expect(interval.lowerBound == 0 && interval.upperBound == 1)
  }
}
