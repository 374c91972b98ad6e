import TensorStorage

/// Rows of text in aligned columns.
struct TextTable {
  /// On which side a column is aligned.
  enum Alignment {
    /// Text.
    case left
    /// Numbers.
    case right
  }

  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// An empty table; the heading may be left out.
  init(_ alignments: [Alignment], heading: [String]? = nil) {
    self.alignments = alignments
    if let heading { rows.append(heading) }
  }

  /// Whether the table has no row.
  var isEmpty: Bool { rows.isEmpty }

  /// Adds a row.
  ///
  /// It has as many cells as the table has columns; what a file named may stand in them.
  mutating func add(_ cells: String...) {
    precondition(cells.count == alignments.count, "\(cells.count) cells in a row")
    rows.append(cells.map(\.withoutControls))
  }

  /// The table's lines, each indented, without blanks at the end.
  func text(indentation: Int = 0) -> String {
    var widths = [Int](repeating: 0, count: alignments.count)
    for row in rows {
      for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
    }
    return rows.map { row in
      var line = String(repeating: " ", count: indentation)
      for (column, cell) in row.enumerated() {
        let gap = String(repeating: " ", count: widths[column] - cell.count)
        line += alignments[column] == .left ? cell + gap : gap + cell
        if column < row.count - 1 { line += "  " }
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
