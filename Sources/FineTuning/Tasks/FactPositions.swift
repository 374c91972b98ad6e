import Randomness

/// Where in a document a task's facts are.
///
/// A fact opens its segment: it takes the document tokens from k·S on, S to a segment; facts of one
/// segment stand one directly after the other. The paper writes k·S + 1 because it numbers the ids
/// of a tokenised text whose first is `[CLS]`; documents here have no special tokens, so the same
/// fact is at k·S. (In the paper `[CLS]` and `[SEP]` are dropped after that, which moves a fact of a
/// later segment to that segment's third token; here it is the first.)
/// Source: "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062, §4.
public enum FactPositions: String, Sendable, CaseIterable {
  /// All in segment 0, as far from the question as they can be: the protocol of the paper's results.
  case first
  /// Each in a segment of its own draw, all segments being equally likely.
  case random

  /// The segments k of a document's facts, each drawn from `0..<segmentCount` on its own.
  func segments(
    factCount: Int, segmentCount: Int, stream: inout RandomStream
  ) -> [Int] {
    switch self {
    case .first: Array(repeating: 0, count: factCount)
    case .random: (0..<factCount).map { _ in stream.index(below: segmentCount) }
    }
  }
}

extension TaskDocument.Fact {
  /// Facts that open their segments, those of one segment in their order and without a gap.
  ///
  /// - Parameter segments: the segment of each fact.
  static func opening(
    segments: [Int], segmentSize: Int, facts: [[Int32]]
  ) -> [TaskDocument.Fact] {
    var ends: [Int: Int] = [:]
    return zip(segments, facts).map { segment, tokenIDs in
      let position = ends[segment] ?? segment * segmentSize
      ends[segment] = position + tokenIDs.count
      return TaskDocument.Fact(position: position, tokenIDs: tokenIDs)
    }
  }
}
