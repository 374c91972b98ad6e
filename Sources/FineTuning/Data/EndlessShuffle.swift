/// Places 0 … count − 1 round after round, each round in an order of its own; a pure function of the
/// seed.
struct EndlessShuffle: Sendable, Hashable {
  /// Places in a round.
  let count: Int
  /// What the orders are drawn from.
  let seed: UInt64

  /// The places with these numbers, counted over all rounds.
  func positions(_ numbers: Range<Int>) -> [Int] {
    var orders: [Int: [Int]] = [:]
    return numbers.map { number in
      let (round, place) = number.quotientAndRemainder(dividingBy: count)
      let order = orders[round] ?? order(ofRound: round)
      orders[round] = order
      return order[place]
    }
  }

  private func order(ofRound round: Int) -> [Int] {
    var stream = SamplePurpose.shuffle.stream(seed: seed, split: .training, step: round)
    return Array(0..<count).shuffled(using: &stream)
  }
}
