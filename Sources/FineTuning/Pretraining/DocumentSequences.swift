/// Documents cut into sequences; none goes across two documents.
struct DocumentSequences: Sendable, Hashable {
  /// The tokens of all documents, one after another.
  private(set) var tokenIDs: [Int32] = []
  private var ranges: [Range<Int>] = []
  /// Tokens of a full sequence.
  let length: Int

  /// No document yet.
  init(length: Int) {
    precondition(length >= 1, "sequences of no tokens")
    self.length = length
  }

  /// How many sequences there are.
  var count: Int { ranges.count }

  /// Tokens of the longest sequence.
  var longestCount: Int { ranges.map(\.count).max() ?? 0 }

  /// The tokens of a sequence.
  subscript(position: Int) -> ArraySlice<Int32> { tokenIDs[ranges[position]] }

  /// Takes in a document.
  ///
  /// Sequences follow one another; the last one reaches back so far that it is full too, and only a
  /// document that is shorter than a sequence makes a short one. So every place of the position table
  /// is trained as often as any other.
  mutating func append(_ document: some Collection<Int32>) {
    let start = tokenIDs.count
    tokenIDs += document
    let end = tokenIDs.count
    for first in stride(from: start, to: end, by: length) {
      let last = min(first + length, end)
      ranges.append(max(start, last - length)..<last)
    }
  }
}
