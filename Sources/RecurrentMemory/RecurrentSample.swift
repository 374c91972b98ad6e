import ModelSchema

/// A document to learn from or to judge, or a ``passage(_:askedEvery:)`` of one: its tokens cut into
/// segments, and its label.
package struct RecurrentSample: Sendable {
  /// The document's token ids, special tokens removed.
  package let tokens: [Int32]
  /// The segments, as ranges of `tokens`; at least one.
  package let pieces: [Range<Int>]
  /// Row of the classifier that is right.
  package let label: Int
  /// The positions over which each segment is spread; `nil` for as many as it has rows.
  let positionSpan: Int?
  /// The segments before the last that have to be read before its question can be answered.
  let factSegmentCount: Int
  /// What tells its segments from those of the document's other passages: the number of the first.
  let firstSegment: Int
  /// The share of its loss in the document's.
  let weight: Double

  /// Cuts a document as the memory's settings say.
  ///
  /// - Parameters:
  ///   - factEnd: document tokens after which only background comes before the last segment; `nil`
  ///     where it is not known.
  ///   - positionSpan: positions over which each segment is spread; `nil` for as many as it has rows.
  package init(
    tokens: [Int32], label: Int, memory: MemoryConfiguration, factEnd: Int? = nil,
    positionSpan: Int? = nil
  ) {
    precondition(!tokens.isEmpty, "a document without tokens")
    self.positionSpan = positionSpan
    self.tokens = tokens
    self.label = label
    pieces = Segmentation.pieces(tokenCount: tokens.count, memory: memory)
    let factEnd = factEnd ?? tokens.count
    factSegmentCount = pieces.dropLast().prefix { $0.lowerBound < factEnd }.count
    (firstSegment, weight) = (0, 1)
  }

  private init(_ document: RecurrentSample, pieces: [Range<Int>], firstSegment: Int, weight: Double)
  {
    (tokens, label, positionSpan) = (document.tokens, document.label, document.positionSpan)
    (self.pieces, self.firstSegment, self.weight) = (pieces, firstSegment, weight)
    factSegmentCount = document.factSegmentCount
  }

  /// Segments N of the document.
  package var segmentCount: Int { pieces.count }

  /// Whether its first segment reads the initial memory.
  var beginsDocument: Bool { firstSegment == 0 }

  /// Whether the document is another one but for its last segment, so that what is read up to there may
  /// be read once for both.
  func sharesBeginning(with other: RecurrentSample) -> Bool {
    guard pieces.count > 1, pieces.dropLast() == other.pieces.dropLast(),
      firstSegment == other.firstSegment, positionSpan == other.positionSpan
    else { return false }
    // From the document's first token on: a passage begins with a memory of all before it.
    let (end, otherEnd) = (
      pieces[pieces.count - 1].lowerBound, other.pieces[pieces.count - 1].lowerBound
    )
    return end == otherEnd && tokens[..<end] == other.tokens[..<otherEnd]
  }

  /// The tokens of one segment.
  package func tokens(ofSegment index: Int) -> ArraySlice<Int32> { tokens[pieces[index]] }
}

extension RecurrentSample {
  /// The document's segments p·k … min((p + 1)·k, N − 1) − 1, and after them the last one, which asks;
  /// `nil` behind the end.
  ///
  /// The loss of passages that are read before all facts are has no weight; the others share the
  /// document's evenly.
  func passage(_ index: Int, askedEvery interval: Int) -> RecurrentSample? {
    let last = segmentCount - 1
    let (start, end) = (index * interval, min((index + 1) * interval, last))
    guard index == 0 || start < last else { return nil }
    // Passages before the one that ends with or behind the last fact are not answerable.
    let unanswerable = max(0, factSegmentCount - 1) / interval
    let answerable = max(0, last - 1) / interval + 1 - unanswerable
    return RecurrentSample(
      self, pieces: pieces[start..<end] + [pieces[last]], firstSegment: start + index,
      weight: index < unanswerable ? 0 : 1 / Double(answerable))
  }
}
