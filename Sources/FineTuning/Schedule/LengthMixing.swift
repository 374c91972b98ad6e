import Randomness

/// How many segments the documents of a batch have in a stage of n segments.
///
/// Mixing keeps short documents in later stages: a model that is trained on long ones alone forgets
/// them, as the published table of the Reasoning task shows for one segment.
public enum LengthMixing: String, Sendable, CaseIterable {
  /// All batches have n.
  case none
  /// Each batch draws from 1, 2, 3, … n: (n + 1) / 2 on average.
  case uniform
  /// Each batch draws from n, n/2, n/4, … 1, so that a long stage costs little: about 2n / log₂ 2n
  /// segments on average.
  case halving

  /// The number of segments of a batch.
  func segmentCount(upTo limit: Int, _ stream: inout RandomStream) -> Int {
    switch self {
    case .none: return limit
    case .uniform: return 1 + stream.index(below: limit)
    case .halving:
      let choices = Int.bitWidth - limit.leadingZeroBitCount
      return limit >> stream.index(below: choices)
    }
  }
}
