import ArgumentParser

/// A number of bytes as people write it: `500MB`, `2GB`, `1GiB`, `4096`.
///
/// KB, MB, GB and TB are powers of 1000, KiB, MiB, GiB and TiB of 1024; case does not matter.
struct ByteCount: Hashable, ExpressibleByArgument {
  /// The bytes, one at least.
  let value: Int

  /// Reads a size; `nil` for what is none, or is more bytes than a number holds.
  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let unit = argument.dropFirst(digits.count).drop { $0 == " " }.lowercased()
    guard let count = Int(digits), let factor = Self.factors[unit] else { return nil }
    let (value, overflows) = count.multipliedReportingOverflow(by: factor)
    guard value > 0, !overflows else { return nil }
    self.value = value
  }

  private static let factors: [String: Int] = {
    var factors = ["": 1, "b": 1]
    for (power, letter) in ["k", "m", "g", "t"].enumerated() {
      factors["\(letter)b"] = (0...power).reduce(1) { product, _ in product * 1000 }
      factors["\(letter)ib"] = 1 << (10 * (power + 1))
    }
    return factors
  }()
}
