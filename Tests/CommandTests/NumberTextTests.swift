import Testing

@testable import rmt

@Suite("Numbers for people")
struct NumberTextTests {
  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (90_868_376, "90.9 MB"),
    (999_960, "1.0 MB"), (5_000_000_000_000, "5.0 TB"),
  ])
  func `byte counts take the unit that reads best`(byteCount: Int, text: String) {
    #expect(byteCountText(byteCount) == text)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (22_713_216, "22,713,216"), (-1234, "-1,234"),
    (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func `long numbers are grouped by three`(value: Int, text: String) {
    #expect(grouped(value) == text)
  }

  @Test(arguments: [
    (0.2, "0:00"), (7, "0:07"), (754, "12:34"), (3723, "1:02:03"), (.infinity, "?"),
  ])
  func `durations read like a clock`(seconds: Double, text: String) {
    #expect(durationText(seconds) == text)
  }

  @Test func `decimals are rounded and never fail`() {
    #expect(decimal(97.6543, digits: 1) == "97.7")
    #expect(decimal(.nan, digits: 1) == "nan")
    #expect(decimal(-.infinity, digits: 1) == "-inf")
    #expect(decimal(.greatestFiniteMagnitude, digits: 0).count == 309)
    #expect(scientific(1.19e-7) == "1.19e-07")
    #expect(scientific(0) == "0")
    #expect(percentage(0.9766) == "97.7 %")
  }
}
