import Kernels
import ModelSchema
import Tokenizers
import Transformer

/// Where everything lies in a segment: `[CLS] mem₀ … memₘ₋₁ [SEP] token₀ … tokenₙ₋₁ [SEP]`.
package struct SegmentLayout: Sendable {
  /// Memory tokens m.
  package let memoryCount: Int
  /// Width of a hidden state, which memory has.
  package let hiddenSize: Int
  /// Width of a word embedding.
  let embeddingWidth: Int
  /// Rows of the position table.
  private let positionLimit: Int
  private let classification: Int
  private let separator: Int

  /// The layout of a model with memory.
  package init(_ model: ModelDescription, memory: MemoryConfiguration, tokens: SpecialTokens) {
    memoryCount = memory.tokenCount
    hiddenSize = model.encoder.hiddenSize
    embeddingWidth = model.encoder.embeddingWidth
    positionLimit = model.encoder.maximumPositions
    classification = Int(tokens.classification)
    separator = Int(tokens.separator)
  }

  /// Rows that a piece of `tokenCount` tokens takes.
  package func rowCount(tokenCount: Int) -> Int {
    tokenCount + memoryCount + MemoryConfiguration.specialTokensPerSegment
  }

  /// The positions that a piece of `tokenCount` tokens leaves out to end at the last of `span`: the
  /// first half of its tokens stand at the first positions, the other half at the last ones.
  ///
  /// A span beyond the model's positions traps.
  func skip(tokenCount: Int, span: Int?) -> PositionSkip {
    precondition(span ?? 0 <= positionLimit, "a span of \(span ?? 0) positions")
    return PositionSkip(
      row: 2 + memoryCount + (tokenCount + 1) / 2,
      count: max(0, (span ?? 0) - rowCount(tokenCount: tokenCount)))
  }

  /// Rows that hold memory, counted from the segment's first row.
  package var memoryRows: Range<Int> { 1..<1 + memoryCount }

  /// Writes a segment's inputs, word embeddings and the memory in the memory's rows, from a row of the
  /// pass on.
  func write<Scalar: KernelScalar>(
    tokens: ArraySlice<Int32>, memory: UnsafePointer<Scalar>,
    wordEmbeddings: UnsafePointer<Scalar>, into activations: EncoderActivations<Scalar>,
    fromRow firstRow: Int
  ) {
    let rows = activations.inputs + firstRow * embeddingWidth
    func embed(_ token: Int, at row: Int) {
      (rows + row * embeddingWidth).update(
        from: wordEmbeddings + token * embeddingWidth, count: embeddingWidth)
    }
    embed(classification, at: 0)
    (activations.memoryInputs + (firstRow + memoryRows.lowerBound) * hiddenSize).update(
      from: memory, count: memoryCount * hiddenSize)
    embed(separator, at: 1 + memoryCount)
    let first = 2 + memoryCount - tokens.startIndex
    for index in tokens.indices { embed(Int(tokens[index]), at: first + index) }
    embed(separator, at: 2 + memoryCount + tokens.count)
  }

  /// Adds the gradients of a segment's word embeddings `[rows, e]` to those of their table; the
  /// memory's rows are left to the caller.
  func addWordGradients<Scalar: KernelScalar>(
    tokens: ArraySlice<Int32>, rows: UnsafePointer<Scalar>,
    to wordGradients: UnsafeMutablePointer<Scalar>
  ) {
    func add(_ row: Int, _ token: Int) {
      Scalar.add(
        rows + row * embeddingWidth, to: wordGradients + token * embeddingWidth,
        count: embeddingWidth)
    }
    add(0, classification)
    add(1 + memoryCount, separator)
    let first = 2 + memoryCount - tokens.startIndex
    for index in tokens.indices { add(first + index, Int(tokens[index])) }
    add(2 + memoryCount + tokens.count, separator)
  }
}
