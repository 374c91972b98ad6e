/// A token that is found in the text as it is spelt, before the model cuts words.
package struct LiteralToken: Sendable, Hashable {
  /// How it is spelt.
  package var content: String
  /// Whether it is looked for after normalisation, and itself normalised.
  package var isNormalized: Bool
  /// Whether it takes the white space in front of it along, as RoBERTa's `<mask>` does.
  package var takesLeftSpace: Bool
  /// Whether it takes the white space behind it along.
  package var takesRightSpace: Bool
  /// Whether it has a role, and is left out of text for people.
  package var isSpecial: Bool

  /// A token with every value given.
  package init(
    content: String, isNormalized: Bool, takesLeftSpace: Bool, takesRightSpace: Bool,
    isSpecial: Bool
  ) {
    self.content = content
    self.isNormalized = isNormalized
    self.takesLeftSpace = takesLeftSpace
    self.takesRightSpace = takesRightSpace
    self.isSpecial = isSpecial
  }
}

/// Finds literal tokens in text: of several that begin at one place the longest.
struct LiteralSearch: Sendable {
  private struct Literal {
    let id: Int32
    let takesLeftSpace: Bool
    let takesRightSpace: Bool
  }

  private var contents = ByteTrie()
  private var literals: [Literal] = []

  mutating func insert(_ content: some Sequence<UInt8>, _ token: LiteralToken, id: Int32) {
    contents.insert(content, value: Int32(literals.count))
    literals.append(
      Literal(
        id: id, takesLeftSpace: token.takesLeftSpace, takesRightSpace: token.takesRightSpace))
  }

  /// Calls `body` with the parts of a text between tokens, empty ones left out, and appends the ids of
  /// the tokens.
  func cut(
    _ text: UnsafeBufferPointer<UInt8>, into ids: inout [Int32],
    _ body: (_ part: Range<Int>, inout [Int32]) -> Void
  ) {
    var start = 0
    var position = 0
    while !contents.isEmpty, position < text.count {
      guard contents.canBegin(with: text[position]) else {
        position += 1
        continue
      }
      let match = contents.longestMatch(in: text, position..<text.count, from: ByteTrie.root)
      guard match.value >= 0 else {
        position += 1
        continue
      }
      let literal = literals[Int(match.value)]
      let first =
        literal.takesLeftSpace ? max(start, Self.spaceStart(in: text, before: position)) : position
      if start < first { body(start..<first, &ids) }
      ids.append(literal.id)
      position = match.end
      start = literal.takesRightSpace ? Self.spaceEnd(in: text, from: match.end) : match.end
    }
    if start < text.count { body(start..<text.count, &ids) }
  }

  private static func isSpace(_ scalar: UInt32) -> Bool {
    PipelineCharacters.standard.class(of: scalar).contains(.whitespace)
  }

  /// Where the white space begins that ends at `end`.
  private static func spaceStart(in text: UnsafeBufferPointer<UInt8>, before end: Int) -> Int {
    var start = end
    while start > 0 {
      var first = start - 1
      while first > 0, text[first] & 0xC0 == 0x80 { first -= 1 }
      var position = first
      guard isSpace(UTF8Scalar.decode(text, at: &position)) else { break }
      start = first
    }
    return start
  }

  /// Where the white space ends that begins at `start`.
  private static func spaceEnd(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var end = start
    while end < text.count {
      var position = end
      guard isSpace(UTF8Scalar.decode(text, at: &position)) else { break }
      end = position
    }
    return end
  }
}
