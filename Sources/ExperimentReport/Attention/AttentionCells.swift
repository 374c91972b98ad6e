/// How the rows of a segment are gathered into the cells of a picture of bounded size.
///
/// `[CLS]`, each memory token and both `[SEP]` have a cell of their own; the text is cut into at most
/// ``textCellLimit`` pieces: its first two sentences, where facts are told, and its last one, where a
/// question is asked, and between them pieces of nearly equal length. Memory beyond ``memoryCellLimit``
/// tokens is cut likewise.
struct AttentionCells {
  /// The most cells that a segment's text takes.
  static let textCellLimit = 26
  /// The most cells that memory takes.
  static let memoryCellLimit = 32
  /// The most tokens of a sentence that has a cell of its own.
  static let sentenceTokenLimit = 40

  /// The rows of each cell.
  let rows: [Range<Int>]
  /// The cells of memory and of the text.
  let memory: Range<Int>
  let text: Range<Int>
  /// The cells of the text that are a sentence each.
  let sentences: [Int]

  /// The cells of a segment.
  ///
  /// - Parameters:
  ///   - tokenCount: tokens of the document.
  ///   - sentences: those of them that belong together, in order.
  init(memoryCount: Int, tokenCount: Int, sentences: [Range<Int>] = []) {
    let memoryParts = Self.parts(of: 1..<1 + memoryCount, limit: Self.memoryCellLimit)
    let first = memoryCount + 2
    // Where every token has a cell there is nothing to keep together.
    let candidates = tokenCount > Self.textCellLimit ? sentences : []
    func isShort(_ sentence: Range<Int>) -> Bool { sentence.count <= Self.sentenceTokenLimit }
    let opening = Array(candidates.prefix(2).prefix(while: isShort))
    let closing = candidates.dropFirst(opening.count).suffix(1).filter(isShort)
    let middle = (opening.last?.upperBound ?? 0)..<(closing.first?.lowerBound ?? tokenCount)
    let parts =
      opening + Self.parts(of: middle, limit: Self.textCellLimit - opening.count - closing.count)
      + closing
    let textParts = parts.map { first + $0.lowerBound..<first + $0.upperBound }
    rows =
      [0..<1] + memoryParts + [first - 1..<first] + textParts
      + [first + tokenCount..<first + tokenCount + 1]
    memory = 1..<1 + memoryParts.count
    let text = memory.upperBound + 1..<memory.upperBound + 1 + textParts.count
    self.text = text
    self.sentences = Array(text.prefix(opening.count)) + text.suffix(closing.count)
  }

  /// Cells of a side.
  var count: Int { rows.count }

  private static func parts(of range: Range<Int>, limit: Int) -> [Range<Int>] {
    let count = min(limit, range.count)
    return (0..<count).map { part in
      range.lowerBound + range.count * part / count..<range.lowerBound + range.count * (part + 1)
        / count
    }
  }
}
