import Testing

@testable import ExperimentReport

@Suite struct AttentionPanelTests {
  @Test(arguments: [(1, 1), (10, 51), (10, 499), (4, 7), (100, 26), (3, 0)])
  func `cells cover every row once and stay few`(memoryCount: Int, tokenCount: Int) {
    let cells = AttentionCells(memoryCount: memoryCount, tokenCount: tokenCount)
    #expect(cells.rows.flatMap { $0 } == Array(0..<memoryCount + tokenCount + 3))
    #expect(cells.text.count == min(tokenCount, AttentionCells.textCellLimit))
    #expect(cells.memory.count == min(memoryCount, AttentionCells.memoryCellLimit))
    #expect(cells.rows.allSatisfy { !$0.isEmpty })
    #expect(cells.memory.flatMap { cells.rows[$0] } == Array(1..<1 + memoryCount))
  }

  @Test func `facts and question have cells of their own, where text is cut into pieces`() {
    let cells = AttentionCells(
      memoryCount: 10, tokenCount: 499, sentences: [0..<8, 8..<16, 16..<490, 490..<499])
    #expect(cells.text.count == AttentionCells.textCellLimit)
    #expect(cells.sentences.map { cells.rows[$0] } == [12..<20, 20..<28, 502..<511])
    #expect(cells.rows.flatMap { $0 } == Array(0..<512))
    // What is long is cut like the rest, and tokens that have cells are not put together.
    let long = AttentionCells(memoryCount: 1, tokenCount: 90, sentences: [0..<45, 45..<90])
    #expect(long.sentences.isEmpty && long.text.count == AttentionCells.textCellLimit)
    let one = AttentionCells(memoryCount: 1, tokenCount: 30, sentences: [0..<30])
    #expect(one.sentences.map { one.rows[$0] } == [3..<33] && one.text.count == 1)
    #expect(AttentionCells(memoryCount: 1, tokenCount: 9, sentences: [0..<9]).sentences.isEmpty)
  }

  /// A segment of one memory token and 52 of text, in 26 cells of two; the memory looks at token 3
  /// with 0.7 and at itself with 0.3, the last token at memory with 0.5, everyone else at `[CLS]`.
  private func weights() -> [Float] {
    let rowCount = 56
    var weights = [Float](repeating: 0, count: rowCount * rowCount)
    for row in 0..<rowCount { weights[row * rowCount] = 1 }
    weights[1 * rowCount] = 0
    weights[1 * rowCount + 3 + 3] = 0.7
    weights[1 * rowCount + 1] = 0.3
    weights[54 * rowCount] = 0.5
    weights[54 * rowCount + 1] = 0.5
    return weights
  }

  @Test func `a cell shows its largest weight, a share sums them`() {
    let cells = AttentionCells(memoryCount: 1, tokenCount: 52)
    let panel = AttentionPanel(name: "layer 0", weights: weights(), cells: cells)
    let side = cells.count
    #expect(side == 30)
    #expect(panel.weights[1 * side + 3 + 1] == 0.7)
    #expect(panel.weights[1 * side + 3 + 2] == 0)
    #expect(panel.weights[(side - 2) * side + 1] == 0.5)
    #expect(abs(panel.flow.written - 0.7) < 1e-6)
    #expect(abs(panel.flow.carried - 0.3) < 1e-6)
    #expect(abs(panel.flow.read - 0.5 / 52) < 1e-6)
    #expect(panel.flow.answered == 0)
  }

  private let text = SegmentText(
    pieces: ["mary", "went", "to", "the", "gar", "##den", ".", "they", "said", ",", "yes"],
    continuationPrefix: "##")

  @Test func `pieces become sentences and words again`() {
    #expect(text.sentences == [0..<7, 7..<11])
    #expect(text.text(of: 0..<7) == "mary went to the garden.")
    #expect(text.text(of: 7..<11) == "they said, yes")
    #expect(text.text(of: 5..<7) == "-den.")
    #expect(SegmentText(pieces: [], continuationPrefix: "##").sentences == [])
    // A text that is cut off where the question begins.
    let asked = SegmentText(
      pieces: text.pieces + ["where", "is", "mary", "?"], continuationPrefix: "##", questionCount: 4
    )
    #expect(asked.sentences == [0..<7, 7..<11, 11..<15])
  }

  @Test func `memory tokens are told by the sentence that they look at most`() {
    let memoryCount = 3, rowCount = 3 + 3 + 11
    var weights = [Float](repeating: 0, count: rowCount * rowCount)
    // Tokens 0 and 2 look at "garden", 1 at "yes".
    for (token, piece, share) in [(0, 4, Float(0.8)), (2, 5, 0.4), (1, 10, 0.9)] {
      weights[(token + 1) * rowCount + memoryCount + 2 + piece] = share
    }
    let readings = SentenceReading.readings(
      weights: weights, rowCount: rowCount, memoryCount: memoryCount, text: text)
    #expect(readings.map(\.sentence) == [0..<7, 7..<11])
    #expect(readings.map(\.memoryTokens) == [[0, 2], [1]])
    #expect(abs(readings[0].share - 0.6) < 1e-6)
    #expect(readings[0].memoryText == "0, 2")
    // Of seventeen rows seven would get 0.41 of what is spread evenly, four 0.24.
    #expect(readings.map { $0.standsOut(ofRowCount: rowCount) } == [false, true])
    // "yes" gives memory tokens 0 and 2 what it has.
    for token in [0, 2] { weights[(memoryCount + 2 + 10) * rowCount + 1 + token] = 0.4 }
    let share = SentenceReading.shareOfMemory(
      in: 7..<11, weights: weights, rowCount: rowCount, memoryCount: memoryCount)
    #expect(abs(share - 0.2) < 1e-6)
    let run = SentenceReading(memoryTokens: [0, 1, 2, 5, 7, 8], sentence: 0..<1, share: 1)
    #expect(run.memoryText == "0–2, 5, 7–8")
  }

  @Test func `shades fall evenly in the square root of the weight`() {
    let shades = WeightShades(largest: 0.64)
    #expect(abs(shades.place(of: 0.16) - 0.5) < 1e-7)
    #expect(shades.ticks.first == 0 && shades.ticks.allSatisfy { $0 <= 0.64 })
    #expect(WeightShades(largest: 0).place(of: 0) == 0)
    // Neighbours of one shade are one rectangle; white is not drawn.
    let paths = shades.paths([0.64, 0.64, 0, 0.16], side: 2, cell: 5).map(\.serialized)
    #expect(paths.count == 2)
    #expect(paths[1].contains("d=\"M0 0h10v5h-10z\""))
  }
}
