import Kernels
import ModelSchema
import Tokenizers
import Transformer

/// Where everything lies in a segment: `[CLS] mem₀ … memₘ₋₁ [SEP] token₀ … tokenₙ₋₁ [SEP]`.
package struct SegmentLayout: Sendable {
  /// Memory tokens m.
  package let memoryCount: Int
  /// Width of a hidden state.
  package let hiddenSize: Int
  private let classification: Int
  private let separator: Int

  /// The layout of a model with memory.
  package init(_ model: ModelDescription, memory: MemoryConfiguration, tokens: SpecialTokens) {
    memoryCount = memory.tokenCount
    hiddenSize = model.encoder.hiddenSize
    classification = Int(tokens.classification)
    separator = Int(tokens.separator)
  }

  /// Rows that a piece of `tokenCount` tokens takes.
  package func rowCount(tokenCount: Int) -> Int {
    tokenCount + memoryCount + MemoryConfiguration.specialTokensPerSegment
  }

  /// Rows that hold memory, counted from the segment's first row.
  package var memoryRows: Range<Int> { 1..<1 + memoryCount }

  /// Writes a segment's inputs: word embeddings, and the memory in the memory's rows.
  func write<Scalar: KernelScalar>(
    tokens: ArraySlice<Int32>, memory: UnsafePointer<Scalar>,
    wordEmbeddings: UnsafePointer<Scalar>, into rows: UnsafeMutablePointer<Scalar>
  ) {
    func copy(_ source: UnsafePointer<Scalar>, rowCount: Int, to row: Int) {
      (rows + row * hiddenSize).update(from: source, count: rowCount * hiddenSize)
    }
    copy(wordEmbeddings + classification * hiddenSize, rowCount: 1, to: 0)
    copy(memory, rowCount: memoryCount, to: 1)
    copy(wordEmbeddings + separator * hiddenSize, rowCount: 1, to: 1 + memoryCount)
    let first = 2 + memoryCount - tokens.startIndex
    for index in tokens.indices {
      copy(wordEmbeddings + Int(tokens[index]) * hiddenSize, rowCount: 1, to: first + index)
    }
    copy(
      wordEmbeddings + separator * hiddenSize, rowCount: 1, to: 2 + memoryCount + tokens.count)
  }

  /// Adds the gradients of a segment's inputs to those of the word embeddings; the memory's rows are
  /// left to the caller.
  func addWordGradients<Scalar: KernelScalar>(
    tokens: ArraySlice<Int32>, rows: UnsafePointer<Scalar>,
    to wordGradients: UnsafeMutablePointer<Scalar>
  ) {
    func add(_ row: Int, _ token: Int) {
      Scalar.add(
        rows + row * hiddenSize, to: wordGradients + token * hiddenSize, count: hiddenSize)
    }
    add(0, classification)
    add(1 + memoryCount, separator)
    let first = 2 + memoryCount - tokens.startIndex
    for index in tokens.indices { add(first + index, Int(tokens[index])) }
    add(2 + memoryCount + tokens.count, separator)
  }
}
