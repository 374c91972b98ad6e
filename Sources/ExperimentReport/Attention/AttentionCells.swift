/// How the rows of a segment are gathered into the cells of a picture of bounded size.
///
/// `[CLS]`, each memory token and both `[SEP]` have a cell of their own; the text is cut into at most
/// ``textCellLimit`` pieces of nearly equal length. Memory beyond ``memoryCellLimit`` tokens is cut
/// likewise.
struct AttentionCells {
  /// The most cells that a segment's text takes.
  static let textCellLimit = 26
  /// The most cells that memory takes.
  static let memoryCellLimit = 32

  /// The rows of each cell.
  let rows: [Range<Int>]
  /// The cells of memory and of the text.
  let memory: Range<Int>
  let text: Range<Int>

  /// The cells of a segment with so many memory tokens and tokens of the document.
  init(memoryCount: Int, tokenCount: Int) {
    let memoryParts = Self.parts(of: 1..<1 + memoryCount, limit: Self.memoryCellLimit)
    let first = memoryCount + 2
    let textParts = Self.parts(of: first..<first + tokenCount, limit: Self.textCellLimit)
    rows =
      [0..<1] + memoryParts + [first - 1..<first] + textParts
      + [first + tokenCount..<first + tokenCount + 1]
    memory = 1..<1 + memoryParts.count
    text = memory.upperBound + 1..<memory.upperBound + 1 + textParts.count
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
