/// The words of a segment: for each token of the document its piece, as the vocabulary spells it.
package struct SegmentText: Sendable {
  /// The pieces, one a token; those that continue a word begin with ``continuationPrefix``.
  package let pieces: [String]
  /// What marks a piece that continues a word, `##`.
  package let continuationPrefix: String
  /// Tokens of a question at the end, which text without an end of its own may precede.
  package let questionCount: Int

  /// The text of a segment.
  package init(pieces: [String], continuationPrefix: String, questionCount: Int = 0) {
    self.pieces = pieces
    self.continuationPrefix = continuationPrefix
    self.questionCount = questionCount
  }

  /// The tokens of each sentence, in order: a sentence ends behind `.`, `!` or `?`, and before the
  /// question.
  var sentences: [Range<Int>] {
    var sentences: [Range<Int>] = []
    var start = 0
    for (index, piece) in pieces.enumerated()
    where [pieces.count, pieces.count - questionCount].contains(index + 1)
      || [".", "!", "?"].contains(piece)
    {
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
