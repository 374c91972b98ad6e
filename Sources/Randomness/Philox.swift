/// A counter-based random generator: Philox 4×32 with ten rounds.
///
/// The output is a pure function of key and counter, so any number of any stream can be drawn again
/// at any time, in any order, on any thread. Dropout masks come from the kernels' own Philox, which has
/// seven rounds.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC11.
public struct Philox: Sendable {
  /// The 64-bit key that selects the stream, low word first.
  public let key: SIMD2<UInt32>

  /// The generator of a 64-bit key.
  public init(key: UInt64) {
    self.key = SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
  }

  /// A generator whose stream is independent of this one's, named by up to four numbers.
  public func derived(_ words: SIMD4<UInt32>) -> Philox {
    let block = self[words]
    return Philox(key: UInt64(block[0]) | UInt64(block[1]) << 32)
  }

  /// The four random words of a counter.
  public subscript(counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for _ in 0..<10 {
      let first = UInt64(0xD251_1F53) &* UInt64(counter[0])
      let second = UInt64(0xCD9E_8D57) &* UInt64(counter[2])
      // Array literals would allocate in a debug build.
      counter = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ counter[1] ^ key[0],
        UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ counter[3] ^ key[1],
        UInt32(truncatingIfNeeded: first))
      key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return counter
  }
}

/// A stream of random numbers drawn one after another from ``Philox``.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let generator: Philox
  private var block: UInt64 = 0
  private var words: SIMD4<UInt32> = .zero
  private var used = 4

  /// The stream of a generator, from its beginning.
  public init(_ generator: Philox) { self.generator = generator }

  /// The stream of a seed, from its beginning.
  public init(seed: UInt64) { self.init(Philox(key: seed)) }

  private mutating func nextWord() -> UInt32 {
    if used == 4 {
      words =
        generator[
          SIMD4(UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), 0, 0)]
      block &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let low = UInt64(nextWord())
    return low | UInt64(nextWord()) << 32
  }

  /// A whole number in `0..<bound`, all equally likely.
  ///
  /// The standard library promises no particular numbers for a generator, so that the method is
  /// written out here. Source: Lemire, "Fast Random Integer Generation in an Interval", 2019.
  public mutating func index(below bound: Int) -> Int {
    precondition(bound > 0, "an index below \(bound)")
    let range = UInt64(bound)
    let surplus = (0 &- range) % range  // 2⁶⁴ mod range: the draws that would favour some numbers
    while true {
      let product = range.multipliedFullWidth(by: next())
      if product.low >= surplus { return Int(product.high) }
    }
  }

  /// A number in (0, 1), never 0 or 1.
  public mutating func uniform() -> Double {
    (Double(next() >> 12) + 0.5) * 0x1p-52
  }
}
