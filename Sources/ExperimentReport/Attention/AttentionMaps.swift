import RecurrentMemory
import Tokenizers

/// A picture of who reads and writes memory, by segment and layer, after the attention maps of the
/// paper.
///
/// Columns are segments, from left to right as the document is read; rows are layers, or heads. Its
/// size is bounded for any document: ``panelLimit`` panels of at most a few thousand cells.
package struct AttentionMaps {
  /// The most panels that one picture may have.
  package static let panelLimit = 192

  /// Which weights have a panel.
  package struct Selection: Sendable {
    /// Layers from 0; `nil` for all of them.
    package var layers: [Int]?
    /// Whether each head has a panel, in place of their mean.
    package var showsHeads: Bool

    /// A selection.
    package init(layers: [Int]?, showsHeads: Bool) {
      self.layers = layers
      self.showsHeads = showsHeads
    }

    /// Panels of one segment of a model.
    package func panelCount(layerCount: Int, headCount: Int) -> Int {
      (layers?.count ?? layerCount) * (showsHeads ? headCount : 1)
    }
  }

  /// One segment of the document.
  struct Column {
    /// What it is called, `segment 0`.
    let name: String
    let cells: AttentionCells
    let text: SegmentText
    let panels: [AttentionPanel]
    let readings: [SentenceReading]
    /// The part of their attention that the tokens of the last sentence give to memory; `nil` where
    /// there is none.
    let lastSentenceShare: Double?
  }

  /// What the document and the model are, and what the model answered.
  package var subtitle: String
  private(set) var columns: [Column]

  /// A picture without a segment.
  package init() { self.init(subtitle: "", columns: []) }

  init(subtitle: String, columns: [Column]) {
    self.subtitle = subtitle
    self.columns = columns
  }

  /// Adds the segment that a reader comes to, numbered from 0, to the right of the others; the reader
  /// has yet to read it.
  ///
  /// What its weights are computed from goes again before the next is read.
  ///
  /// - Parameter questionCount: how many of the last tokens are a question; 0 where nobody knows.
  /// - Throws: `RecurrenceError`.
  package mutating func add(
    segment: Int, _ tokens: ArraySlice<Int32>, questionCount: Int = 0, of reader: RecurrentReader,
    tokenizer: Tokenizer, _ selection: Selection = Selection(layers: nil, showsHeads: false)
  ) throws(RecurrenceError) {
    let text = SegmentText(
      pieces: tokenizer.displayPieces(tokens), continuationPrefix: tokenizer.continuationPrefix,
      questionCount: questionCount)
    let attention = try reader.attention(in: tokens)
    let cells = AttentionCells(
      memoryCount: attention.memoryCount, tokenCount: attention.tokens.count,
      sentences: text.sentences)
    let layers = selection.layers ?? Array(0..<attention.configuration.layerCount)
    var panels: [AttentionPanel] = []
    var mean = [Float](repeating: 0, count: attention.rowCount * attention.rowCount)
    let share = 1 / Float(max(1, layers.count * attention.configuration.headCount))
    for layer in layers {
      var layerMean = [Float](repeating: 0, count: mean.count)
      for head in 0..<attention.configuration.headCount {
        let weights = attention.weights(layer: layer, head: head)
        for index in weights.indices {
          layerMean[index] += weights[index] / Float(attention.configuration.headCount)
          mean[index] += share * weights[index]
        }
        if selection.showsHeads {
          panels.append(
            AttentionPanel(
              name: "layer \(layer), head \(head)", weights: weights, cells: cells))
        }
      }
      if !selection.showsHeads {
        panels.append(AttentionPanel(name: "layer \(layer)", weights: layerMean, cells: cells))
      }
    }
    columns.append(
      Column(
        name: "segment \(NumberFormat.grouped(segment))", cells: cells, text: text,
        panels: panels,
        readings: SentenceReading.readings(
          weights: mean, rowCount: attention.rowCount, memoryCount: attention.memoryCount,
          text: text
        ).filter { $0.standsOut(ofRowCount: attention.rowCount) },
        lastSentenceShare: text.sentences.last.map {
          SentenceReading.shareOfMemory(
            in: $0, weights: mean, rowCount: attention.rowCount,
            memoryCount: attention.memoryCount)
        }))
  }

  /// The picture as an SVG file.
  package var svg: String { AttentionDrawing(self).document.serialized }
}
