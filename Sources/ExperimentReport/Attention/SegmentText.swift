/// The words of a segment: for each token of the document its piece, as the vocabulary spells it.
package struct SegmentText: Sendable {
  /// The pieces, one a token; those that continue a word begin with ``continuationPrefix``.
  package let pieces: [String]
  /// What marks a piece that continues a word, `##`.
  package let continuationPrefix: String

  /// The text of a segment.
  package init(pieces: [String], continuationPrefix: String) {
    self.pieces = pieces
    self.continuationPrefix = continuationPrefix
  }

  /// The tokens of each sentence, in order: a sentence ends behind `.`, `!` or `?`.
  var sentences: [Range<Int>] {
    var sentences: [Range<Int>] = []
    var start = 0
    for (index, piece) in pieces.enumerated()
    where index == pieces.count - 1 || [".", "!", "?"].contains(piece) {
      sentences.append(start..<index + 1)
      start = index + 1
    }
    return sentences
  }

  /// Tokens as a person writes them: continuations joined on, no space before a closing mark; a
  /// hyphen in front of the rest of a word whose beginning is not among them.
  func text(of tokens: Range<Int>) -> String {
    var text = ""
    for piece in pieces[tokens] {
      if !continuationPrefix.isEmpty, piece.hasPrefix(continuationPrefix) {
        text += (text.isEmpty ? "-" : "") + piece.dropFirst(continuationPrefix.count)
      } else if text.isEmpty || [".", ",", "!", "?", ";", ":", "'", ")"].contains(piece) {
        text += piece
      } else {
        text += (text.hasSuffix("'") ? "" : " ") + piece
      }
    }
    return text
  }
}
