/// The attention weights of one layer or head over one segment, as they are drawn.
struct AttentionPanel {
  /// What it shows: `layer 1`, or `layer 1, head 2`.
  let name: String
  /// For each cell of queries and keys the largest weight in it, row by row: a single token that is
  /// looked at shows, however many others share its cell, and a cell of many compares with one of one.
  let weights: [Float]
  /// Shares of attention between the parts of the segment.
  let flow: MemoryFlow

  /// The panel of weights `[rows, rows]`.
  init(name: String, weights: [Float], cells: AttentionCells) {
    self.name = name
    flow = MemoryFlow(weights: weights, cells: cells)
    let rowCount = cells.rows.last?.upperBound ?? 0
    var largest = [Float](repeating: 0, count: cells.count * cells.count)
    for (row, queries) in cells.rows.enumerated() {
      for (column, keys) in cells.rows.enumerated() {
        var value: Float = 0
        for query in queries {
          for key in keys { value = max(value, weights[query * rowCount + key]) }
        }
        largest[row * cells.count + column] = value
      }
    }
    self.weights = largest
  }
}

/// What part of their attention the rows of memory, text and `[CLS]` give to memory and text.
struct MemoryFlow: Equatable {
  /// Of memory's attention, the part that goes to the text: what is written.
  let written: Double
  /// Of memory's attention, the part that goes to memory: what is carried on.
  let carried: Double
  /// Of the text's attention, the part that goes to memory: what is read.
  let read: Double
  /// Of the attention of `[CLS]`, the part that goes to memory: what the answer takes from it.
  let answered: Double

  /// The flow of weights `[rows, rows]`.
  init(weights: [Float], cells: AttentionCells) {
    let rowCount = cells.rows.last?.upperBound ?? 0
    func rows(_ group: Range<Int>) -> Range<Int> {
      guard let first = group.first, let last = group.last else { return 0..<0 }
      return cells.rows[first].lowerBound..<cells.rows[last].upperBound
    }
    func share(of queries: Range<Int>, to keys: Range<Int>) -> Double {
      var sum = 0.0
      for query in queries {
        for key in keys { sum += Double(weights[query * rowCount + key]) }
      }
      return sum / Double(max(1, queries.count))
    }
    let (memory, text) = (rows(cells.memory), rows(cells.text))
    written = share(of: memory, to: text)
    carried = share(of: memory, to: memory)
    read = share(of: text, to: memory)
    answered = share(of: 0..<1, to: memory)
  }
}
