import Testing

@testable import ExperimentReport

@Suite struct AttentionDrawingTests {
  /// A drawing of panels with the same weight everywhere.
  private func svg(pieces: [String], weight: Float) -> String {
    let text = SegmentText(pieces: pieces, continuationPrefix: "##")
    let cells = AttentionCells(
      memoryCount: 2, tokenCount: pieces.count, sentences: text.sentences)
    let rowCount = pieces.count + 5
    let weights = [Float](repeating: weight, count: rowCount * rowCount)
    let column = AttentionMaps.Column(
      name: "segment 0", cells: cells,
      text: text,
      panels: [AttentionPanel(name: "layer 0, head 1", weights: weights, cells: cells)],
      readings: [SentenceReading(memoryTokens: [0, 1], sentence: 0..<pieces.count, share: 0.5)],
      lastSentenceShare: 0.25)
    return AttentionMaps(subtitle: "a <b> & c", columns: [column]).svg
  }

  @Test func `the picture is well formed and escapes what the document says`() {
    let svg = svg(pieces: ["<script>", "&", "\"", "]]>", "."], weight: 0.2)
    #expect(MarkupCheck.fault(in: svg) == nil)
    #expect(!svg.contains("<script"))
    #expect(svg.contains("a &lt;b&gt; &amp; c"))
    #expect(svg.contains(">layer 0<") && svg.contains(">head 1<"))
    #expect(svg.contains("memory 0–1: 50\u{A0}% of their attention"))
  }

  @Test func `words stand where there is room, else the tokens' numbers`() {
    #expect(svg(pieces: [String](repeating: "word", count: 20), weight: 0.1).contains(">word<"))
    let long = svg(pieces: [String](repeating: "word", count: 499), weight: 0.1)
    #expect(!long.contains(">word<") && long.contains(">token 0–18<"))
    #expect(long.utf8.count < 40_000)
    let sentences = svg(
      pieces: ["fact", "."] + [String](repeating: "word", count: 480) + [".", "who", "?"],
      weight: 0.1)
    // Beside the rows, under the columns, and the question once more as what looks at memory.
    #expect(sentences.ranges(of: ">fact.<").count == 2)
    #expect(sentences.ranges(of: ">who?<").count == 2 && sentences.contains(">“who?”<"))
    #expect(sentences.contains("with 25\u{A0}% of its attention"))
  }

  @Test func `attention that is spread evenly stays pale`() {
    let dark = WeightShades(largest: 1).color(WeightShades.levelCount - 1)
    let pieces = [String](repeating: "a", count: 1)
    #expect(!svg(pieces: pieces, weight: 0.001).contains("z\" fill=\"\(dark)\""))
    #expect(svg(pieces: pieces, weight: 0.9).contains("z\" fill=\"\(dark)\""))
  }
}
