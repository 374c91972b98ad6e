import ModelSchema
import Transformer

/// Who attends to whom inside one segment, in every layer and head.
///
/// Rows are `[CLS] mem₀ … memₘ₋₁ [SEP] token₀ … tokenₙ₋₁ [SEP]`, as in ``SegmentLayout``; a weight
/// P[query, key] is the share of the query's attention that the key gets, so each row sums to 1.
package final class SegmentAttention {
  /// Tokens of the document in the segment, n.
  package let tokens: [Int32]
  /// Memory tokens m.
  package let memoryCount: Int
  /// The encoder's hyper-parameters.
  package let configuration: EncoderConfiguration
  private let activations: EncoderActivations<Float>

  init(
    tokens: ArraySlice<Int32>, memoryCount: Int, configuration: EncoderConfiguration,
    activations: EncoderActivations<Float>
  ) {
    self.tokens = Array(tokens)
    self.memoryCount = memoryCount
    self.configuration = configuration
    self.activations = activations
  }

  /// Rows of the segment, T = n + m + 3.
  package var rowCount: Int {
    tokens.count + memoryCount + MemoryConfiguration.specialTokensPerSegment
  }

  /// The weights of one head, `[T, T]` row by row: queries, then keys.
  package func weights(layer: Int, head: Int) -> [Float] {
    activations.attentionWeights(layer: layer, head: head, rowCount: rowCount, configuration)
  }

  /// The weights of a layer, averaged over its heads, `[T, T]` row by row.
  package func weights(layer: Int) -> [Float] {
    var mean = [Float](repeating: 0, count: rowCount * rowCount)
    let share = 1 / Float(configuration.headCount)
    for head in 0..<configuration.headCount {
      let weights = weights(layer: layer, head: head)
      for index in mean.indices { mean[index] += share * weights[index] }
    }
    return mean
  }
}

extension RecurrentReader {
  /// Looks at a segment as ``read(_:)`` would read it now, and leaves the memory as it is.
  ///
  /// Every layer's states are kept for it, and every row of the last layer is computed: looking costs
  /// more time and memory than reading. More tokens than a segment has room for trap.
  ///
  /// - Throws: ``RecurrenceError`` when an id is outside the vocabulary.
  package func attention(in tokens: ArraySlice<Int32>) throws(RecurrenceError) -> SegmentAttention {
    try check(tokens)
    let configuration = model.file.description.encoder
    let rowCount = layout.rowCount(tokenCount: tokens.count)
    let activations = EncoderActivations<Float>(
      configuration, capacity: EncoderCapacity(rowCount: rowCount, sequenceLength: rowCount),
      keepsEveryLayer: true)
    layout.write(
      tokens: tokens, memory: memory, wordEmbeddings: model.parameters.embeddings.word,
      into: activations, fromRow: 0)
    let batch = SequenceBatch(lengths: [rowCount], memoryRows: layout.memoryRows)
    encoder.forward(
      model.parameters, batch: batch, reading: batch, dropout: nil, activations: activations,
      workspace: workspace)
    return SegmentAttention(
      tokens: tokens, memoryCount: layout.memoryCount, configuration: configuration,
      activations: activations)
  }
}
