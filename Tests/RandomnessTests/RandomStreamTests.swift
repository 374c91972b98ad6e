import Randomness
import Testing

@Suite struct RandomStreamTests {
  @Test func `draws the words of counters 0, 1, 2 … in order, low word first`() {
    let generator = Philox(key: 42)
    var stream = RandomStream(seed: 42)
    for block in 0..<5 as Range<UInt32> {
      let words = generator[[block, 0, 0, 0]]
      #expect(stream.next() == UInt64(words[0]) | UInt64(words[1]) << 32)
      #expect(stream.next() == UInt64(words[2]) | UInt64(words[3]) << 32)
    }
  }

  @Test func `draws the same numbers from the same seed and others from another`() {
    func draws(seed: UInt64) -> [Int] {
      var stream = RandomStream(seed: seed)
      return (0..<8).map { _ in stream.index(below: 1 << 40) }
    }
    #expect(draws(seed: 1) == draws(seed: 1))
    #expect(draws(seed: 1) != draws(seed: 2))
  }

  @Test func `goes on from a copy exactly where the original stood`() {
    var stream = RandomStream(seed: 3)
    _ = stream.next()
    var copy = stream
    #expect((0..<7).map { _ in copy.next() } == (0..<7).map { _ in stream.next() })
  }

  @Test(arguments: [1, 2, 3, 6, 7, 10, 64])
  func `draws every index below a bound about equally often`(bound: Int) {
    var stream = RandomStream(seed: 4)
    var counts = [Int](repeating: 0, count: bound)
    let drawCount = 1000 * bound
    for _ in 0..<drawCount { counts[stream.index(below: bound)] += 1 }
    // χ² has a mean of bound − 1 and a variance of twice that; six deviations never happen.
    let statistic = counts.reduce(0.0) { $0 + (Double($1) - 1000) * (Double($1) - 1000) / 1000 }
    let freedom = Double(bound - 1)
    #expect(statistic <= freedom + 6 * (2 * freedom).squareRoot())
  }

  @Test func `draws indices below a bound near the largest integer`() {
    var stream = RandomStream(seed: 5)
    let draws = (0..<100).map { _ in stream.index(below: Int.max) }
    #expect(draws.allSatisfy { $0 >= 0 && $0 < Int.max })
    #expect(draws.max()! > Int.max / 2)
  }

  /// 2⁶⁴ is 8/3 of this bound: without rejection two remainders would get three draws for the third's two.
  @Test func `favours no index below a bound that does not divide the draws`() {
    var stream = RandomStream(seed: 8)
    var counts = [0, 0, 0]
    for _ in 0..<9000 { counts[stream.index(below: 3 << 61) % 3] += 1 }
    #expect(counts.allSatisfy { abs($0 - 3000) < 270 })  // six standard deviations
  }

  @Test func `refuses an index below zero`() async {
    await #expect(processExitsWith: .failure) {
      var stream = RandomStream(seed: 1)
      _ = stream.index(below: 0)
    }
  }

  @Test func `spreads uniform draws evenly between 0 and 1, both excluded`() {
    var stream = RandomStream(seed: 6)
    let draws = (0..<10_000).map { _ in stream.uniform() }
    #expect(draws.allSatisfy { $0 > 0 && $0 < 1 })
    for tenth in 0..<10 {
      let count = draws.count { Int($0 * 10) == tenth }
      #expect(abs(count - 1000) < 180)  // six standard deviations
    }
  }

  @Test func `draws from the normal distribution of the standard deviation asked for`() {
    var stream = RandomStream(seed: 7)
    let count = 20_000
    let draws = (0..<count).map { _ in stream.normal(standardDeviation: 0.02) / 0.02 }
    func moment(_ power: Int) -> Double {
      draws.reduce(0) { sum, draw in
        sum + (0..<power).reduce(1.0) { product, _ in product * draw }
      } / Double(count)
    }
    // The k-th moment's standard error is √(m₂ₖ − mₖ²) / √count; five of them are allowed.
    let tolerance = 5 / Double(count).squareRoot()
    #expect(abs(moment(1)) < tolerance)
    #expect(abs(moment(2) - 1) < tolerance * 2.0.squareRoot())
    #expect(abs(moment(3)) < tolerance * 15.0.squareRoot())
    #expect(abs(moment(4) - 3) < tolerance * 96.0.squareRoot())
    // A share of 4.55 % lies beyond two deviations.
    let tail = Double(draws.count { abs($0) > 2 }) / Double(count)
    #expect(abs(tail - 0.0455) < 0.0075)
  }
}
