import Testing

@testable import rmt

@Suite("The progress line")
struct ProgressBarTests {
  @Test func `it shows share, rate and time left`() {
    let line = ProgressBar.line(
      label: "converting", unit: .bytes, completed: 50_000_000, sinceStart: 50_000_000,
      total: 100_000_000, seconds: 2, columns: 80)
    #expect(line.hasPrefix("converting  [####"))
    #expect(line.hasSuffix("]  50 %  25.0 MB/s  0:02 left"))
    #expect(line.count < 80)
  }

  @Test func `work that goes on counts only what it did itself`() {
    let line = ProgressBar.line(
      label: "training", unit: .things("steps"), completed: 90, sinceStart: 10, total: 100,
      seconds: 5, columns: 40)
    #expect(line == "training  90 %  2.00 steps/s  0:05 left")
  }

  @Test func `an unknown total shows the rate alone`() {
    let line = ProgressBar.line(
      label: "reading", unit: .things("segments"), completed: 30, sinceStart: 30, total: 0,
      seconds: 2, columns: 80)
    #expect(line == "reading  15 segments/s")
  }

  @Test func `a narrow terminal is never overrun`() {
    let line = ProgressBar.line(
      label: "converting", unit: .bytes, completed: 1, sinceStart: 1, total: 2, seconds: 1,
      columns: 30)
    #expect(line.count < 30)
  }
}
