import ModelSchema

/// A document to learn from or to judge: its tokens cut into segments, and its label.
package struct RecurrentSample: Sendable {
  /// The document's token ids, special tokens removed.
  package let tokens: [Int32]
  /// The segments, as ranges of `tokens`; at least one.
  package let pieces: [Range<Int>]
  /// Row of the classifier that is right.
  package let label: Int

  /// Cuts a document as the memory's settings say.
  package init(tokens: [Int32], label: Int, memory: MemoryConfiguration) {
    precondition(!tokens.isEmpty, "a document without tokens")
    self.tokens = tokens
    self.label = label
    pieces = Segmentation.pieces(tokenCount: tokens.count, memory: memory)
  }

  /// Segments N of the document.
  package var segmentCount: Int { pieces.count }

  /// The tokens of one segment.
  package func tokens(ofSegment index: Int) -> ArraySlice<Int32> { tokens[pieces[index]] }
}
