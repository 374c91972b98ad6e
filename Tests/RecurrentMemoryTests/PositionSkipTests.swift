import ModelSchema
import Randomness
import Testing
import Transformer

@testable import RecurrentMemory

/// Short segments that reach the last position of a full one.
@Suite struct PositionSkipTests {
  private let objective = RecurrentObjective(lossSegments: .last, backpropagation: .full)

  /// Documents in segments of two tokens, seven rows; a full one has nine positions.
  private func batch(
    span: Int?, family: EncoderFamily = .bert
  ) throws -> RecurrentBatch<Double> {
    try RecurrentBatch(
      dropout: 0, threadCount: 1, tokenCounts: [2, 4, 16, 12], family: family
    ) { sample, memory in
      var memory = memory
      memory.segmentSize = 2
      return RecurrentSample(
        tokens: sample.tokens, label: sample.label, memory: memory, positionSpan: span)
    }
  }

  @Test func `the first half of the tokens stays, the other half stands at the end`() throws {
    let layout = try batch(span: nil).trainer.plan.layout
    // [CLS] mem mem [SEP] token | token [SEP]
    #expect(layout.skip(tokenCount: 2, span: 9) == PositionSkip(row: 5, count: 2))
    // One more token in the first half than in the other.
    #expect(layout.skip(tokenCount: 3, span: 9) == PositionSkip(row: 6, count: 1))
    #expect(layout.skip(tokenCount: 4, span: 9).count == 0)
    #expect(layout.skip(tokenCount: 2, span: nil).count == 0)
  }

  @Test func `the passages of a document skip as it does, and none skips beyond the table`()
    async
    throws
  {
    let document = try #require(
      try batch(span: 9).samples.max { $0.segmentCount < $1.segmentCount })
    #expect(document.segmentCount == 8)
    #expect(document.passage(1, askedEvery: 3)?.positionSpan == 9)
    await #expect(processExitsWith: .failure) {
      let layout = try RecurrentBatch<Float>(dropout: 0, threadCount: 1).trainer.plan.layout
      _ = layout.skip(tokenCount: 2, span: 10)
    }
  }

  @Test func `a skip reads the position table as if its rows had moved`() throws {
    let skipping = try batch(span: 9), moved = try batch(span: nil)
    let name = "embeddings.position_embeddings.weight"
    let table = try #require(moved.store.elements(named: name))
    let width = moved.model.encoder.hiddenSize
    for row in [5, 6] {
      for column in 0..<width { table[row * width + column] = table[(row + 2) * width + column] }
    }
    let loss = skipping.loss(objective, into: nil)
    #expect(loss == moved.loss(objective, into: nil))
    #expect(loss != (try batch(span: nil)).loss(objective, into: nil))
  }

  @Test(arguments: EncoderFamily.allCases)
  func `gradients are the difference quotients, those of skipped positions zero`(
    family: EncoderFamily
  ) throws {
    let batch = try batch(span: 9, family: family)
    let gradients = ParameterStore<Double>(batch.model)
    _ = batch.loss(objective, into: gradients)
    batch.expectSlopes(gradients, seed: 4) { move in
      move()
      return batch.loss(objective, into: nil)
    }
    let table = try #require(gradients.elements(named: "embeddings.position_embeddings.weight"))
    let encoder = batch.model.encoder
    // Memory that enters behind the map of the embeddings has no positions.
    let without = [5, 6] + (encoder.embeddingSize == nil ? [] : [1, 2])
    for position in 0..<9 {
      let row = encoder.positionOffset + position
      let gradient = table[row * encoder.embeddingWidth..<(row + 1) * encoder.embeddingWidth]
      #expect(gradient.allSatisfy { $0 == 0 } == without.contains(position), "\(position)")
    }
  }
}
