import FineTuning
import TensorStorage

/// The tokens of a document in order; the next part of the text is tokenised on another thread while
/// the tokens of the last one are in use.
struct DocumentTokens {
  private let parts: Lookahead<ArraySlice<Int32>>
  private var held: ArraySlice<Int32> = []

  /// The tokens of a text from a place on.
  init(_ text: DocumentText, from start: Int) {
    let first = text.parts.firstIndex { $0.tokens.upperBound > start } ?? text.parts.count
    parts = Lookahead(first..<text.parts.count) { index in
      let skipped = max(0, start - text.parts[index].tokens.lowerBound)
      return try text.tokens(ofPart: index).dropFirst(skipped)
    }
  }

  /// The tokens of ids from a place on.
  init(_ ids: [Int32], from start: Int) {
    parts = Lookahead(0..<1) { _ in ids[start...] }
  }

  /// The next `count` tokens; more than there are trap.
  ///
  /// - Throws: ``CommandError`` when the file has changed; `FileError`.
  mutating func next(_ count: Int) throws -> ArraySlice<Int32> {
    while held.count < count {
      guard let part = try parts.next() else { preconditionFailure("tokens behind the last") }
      held = held.isEmpty ? part : held + part
    }
    let tokens = held.prefix(count)
    held = held.dropFirst(count)
    return tokens
  }
}
