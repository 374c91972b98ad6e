import Foundation
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
  /// The documents of every batch have all lengths from 1 to n, evenly in their logarithm: each step
  /// costs about the same, n / ln(n + 1) segments a document.
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
      // One draw from each of as many equal parts of the logarithm as there are documents. Lengths
      // between the powers of two matter: without them a memory need not be readable there, and runs
      // on in circles in place of standing still.
      return (0..<sampleCount).map { index in
        let place = (Double(index) + stream.uniform()) / Double(sampleCount)
        let length = Int(pow(Double(limit) + 1, place))
        return min(max(length, 1), limit)
      }.sorted(by: >)
    }
  }
}
