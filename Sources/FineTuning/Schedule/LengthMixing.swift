import Randomness

/// How many segments the documents of a batch have in a stage of n segments.
///
/// Mixing keeps short documents in later stages: a model that is trained on long ones alone forgets
/// them, as the published table of the Reasoning task shows for one segment. Gradients of long
/// documents can be a thousand times as large as those of short ones, and where whole batches are short
/// AdamW forgets how large; ``spread`` gives every batch its share of long ones.
public enum LengthMixing: String, Sendable, CaseIterable {
  /// All batches have n.
  case none
  /// Each batch draws from 1, 2, 3, … n: (n + 1) / 2 on average.
  case uniform
  /// Each batch draws from n, n/2, n/4, … 1, so that a long stage costs little: about 2n / log₂ 2n
  /// segments on average.
  case halving
  /// The documents of every batch have n, n/2, n/4, … 1 segments by turns: each step costs the same.
  case spread

  /// The numbers of segments of a batch's documents, the long ones first.
  func segmentCounts(
    upTo limit: Int, sampleCount: Int, _ stream: inout RandomStream
  ) -> [Int] {
    // n, n/2, … 1 are as many as n has binary digits.
    let halvings = Int.bitWidth - limit.leadingZeroBitCount
    switch self {
    case .none: return Array(repeating: limit, count: sampleCount)
    case .uniform:
      return Array(repeating: 1 + stream.index(below: limit), count: sampleCount)
    case .halving:
      return Array(repeating: limit >> stream.index(below: halvings), count: sampleCount)
    case .spread:
      // A batch of fewer documents than lengths, or of a remainder, begins somewhere else each time.
      let first = stream.index(below: halvings)
      return (0..<sampleCount).map { limit >> ((first + $0) % halvings) }.sorted(by: >)
    }
  }
}
