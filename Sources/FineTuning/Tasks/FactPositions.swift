import Randomness

/// Where in a document a task's facts are.
///
/// A fact that opens its segment takes the document tokens from k·S on, S to a segment; facts of one
/// segment stand one directly after the other. The paper writes k·S + 1 because it numbers the ids
/// of a tokenised text whose first is `[CLS]`; documents here have no special tokens, so the same
/// fact is at k·S. (In the paper `[CLS]` and `[SEP]` are dropped after that, which moves a fact of a
/// later segment to that segment's third token; here it is the first.)
/// Source: "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062, §4.
public enum FactPositions: String, Sendable, CaseIterable {
  /// All open segment 0, as far from the question as they can be: the protocol of the paper's results.
  case first
  /// Each opens a segment of its own draw, all segments being equally likely.
  case random
  /// Each begins at any token of a segment of its own draw, from which it ends in that segment and
  /// before the question.
  case anywhere

  /// The facts at their places in a document.
  ///
  /// - Parameters:
  ///   - facts: tokens of each fact; all of them must fit into one segment together with the question.
  ///   - keepsOrder: whether they lie in the document in this order; without it each is drawn on its
  ///     own, and only those of one segment keep theirs.
  ///   - length: how long the document is.
  ///   - questionTokenCount: how many of its last tokens the question takes.
  ///   - stream: nothing is drawn for ``first``.
  func place(
    _ facts: [[Int32]], keepsOrder: Bool, length: DocumentLength, questionTokenCount: Int,
    stream: inout RandomStream
  ) -> [TaskDocument.Fact] {
    var segments = facts.map { _ in
      self == .first ? 0 : stream.index(below: length.segmentCount)
    }
    if keepsOrder { segments.sort() }
    var positions = [Int](repeating: 0, count: facts.count)
    for (segment, members) in Dictionary(grouping: facts.indices, by: { segments[$0] })
      .sorted(by: { $0.key < $1.key })
    {
      let isLast = segment == length.segmentCount - 1
      let free =
        length.segmentSize - (isLast ? questionTokenCount : 0)
        - members.reduce(0) { $0 + facts[$1].count }
      // Background before each fact: rising, so that they follow each other.
      let gaps = members.map { _ in self == .anywhere ? stream.index(below: free + 1) : 0 }.sorted()
      var occupied = 0
      for (member, gap) in zip(members, gaps) {
        positions[member] = segment * length.segmentSize + gap + occupied
        occupied += facts[member].count
      }
    }
    return zip(positions, facts).map { TaskDocument.Fact(position: $0, tokenIDs: $1) }
  }
}
