import Testing

@testable import rmt

@Suite("Sizes on the command line")
struct ByteCountTests {
  @Test(arguments: [
    ("4096", 4096), ("1B", 1), ("500MB", 500_000_000), ("2gb", 2_000_000_000), ("1 KB", 1000),
    ("3TB", 3_000_000_000_000), ("1KiB", 1024), ("64mib", 67_108_864), ("1GiB", 1_073_741_824),
    ("2TiB", 2_199_023_255_552),
  ])
  func `a number with a unit is that many bytes`(text: String, value: Int) {
    #expect(ByteCount(argument: text)?.value == value)
  }

  @Test(arguments: [
    "", "GB", "0", "0MB", "-1", "+1", "1.5GB", "1PB", "1GBB", "1 0", "x", "9223372036854775808",
    "9223373TB", "٣MB",
  ])
  func `anything else is refused`(text: String) {
    #expect(ByteCount(argument: text)?.value == nil)
  }
}
