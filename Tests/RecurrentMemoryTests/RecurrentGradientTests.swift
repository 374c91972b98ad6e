import Kernels
import ModelSchema
import Randomness
import Testing
import Tokenizers
import Transformer

@testable import RecurrentMemory

/// Gradients through segments and memory against central differences, in Double.
@Suite struct RecurrentGradientTests {
  @Test(
    arguments: [
      RecurrentObjective(lossSegments: .last, backpropagation: .full),
      RecurrentObjective(lossSegments: .all, backpropagation: .full),
    ], [0.0, 0.25])
  func `every parameter's gradient is the difference quotient`(
    _ objective: RecurrentObjective, dropout: Double
  ) throws {
    let batch = try RecurrentBatch<Double>(dropout: dropout, threadCount: 2)
    let gradients = ParameterStore<Double>(batch.model)
    _ = batch.loss(objective, into: gradients)
    batch.expectSlopes(gradients, seed: 12) { move in
      move()
      return batch.loss(objective, into: nil)
    }
  }

  @Test(arguments: EncoderFamily.allCases)
  func `so is every relative's`(family: EncoderFamily) throws {
    let batch = try RecurrentBatch<Double>(dropout: 0.25, threadCount: 2, family: family)
    let full = RecurrentObjective(lossSegments: .last, backpropagation: .full)
    let replay = RecurrentObjective(lossSegments: .last, backpropagation: .replay)
    let gradients = ParameterStore<Double>(batch.model)
    let replayed = ParameterStore<Double>(batch.model)
    _ = batch.loss(full, into: gradients)
    _ = batch.loss(replay, into: replayed)
    #expect(gradients.elements.elementsEqual(replayed.elements))
    batch.expectSlopes(gradients, seed: 13) { move in
      move()
      return batch.loss(full, into: nil)
    }
  }

  @Test func `truncation beyond the longest document changes nothing`() throws {
    let batch = try RecurrentBatch<Double>(dropout: 0.25, threadCount: 1)
    let full = ParameterStore<Double>(batch.model), long = ParameterStore<Double>(batch.model)
    _ = batch.loss(
      RecurrentObjective(lossSegments: .last, backpropagation: .full), into: full)
    _ = batch.loss(
      RecurrentObjective(lossSegments: .last, backpropagation: .truncated(4)), into: long)
    #expect(full.elements.elementsEqual(long.elements))
  }

  @Test func `truncation to one segment keeps the long documents from the initial memory`() throws {
    let batch = try RecurrentBatch<Double>(dropout: 0, threadCount: 1, tokenCounts: [5, 7, 12])
    let gradients = ParameterStore<Double>(batch.model)
    _ = batch.loss(
      RecurrentObjective(lossSegments: .last, backpropagation: .truncated(1)), into: gradients)
    let memory = gradients.elements(named: "memory.initial")
    #expect(memory?.allSatisfy { $0 == 0 } == true)
  }

  @Test func `truncation to one segment lets every segment learn from its own loss alone`() throws {
    // Three segments against the first of them alone, whose loss has a third of the weight there.
    let long = try RecurrentBatch<Double>(dropout: 0, threadCount: 1, tokenCounts: [12])
    let first = try RecurrentBatch<Double>(dropout: 0, threadCount: 1, tokenCounts: [12]) {
      RecurrentSample(tokens: Array($0.tokens[$0.pieces[0]]), label: $0.label, memory: $1)
    }
    let found = ParameterStore<Double>(long.model), expected = ParameterStore<Double>(long.model)
    _ = long.loss(
      RecurrentObjective(lossSegments: .all, backpropagation: .truncated(1)), into: found)
    _ = first.loss(
      RecurrentObjective(lossSegments: .all, backpropagation: .full), into: expected)
    let memory = try #require(found.elements(named: "memory.initial"))
    let alone = try #require(expected.elements(named: "memory.initial"))
    #expect(alone.contains { abs($0) > 1e-6 })
    for (one, other) in zip(memory, alone) { #expect(abs(3 * one - other) < 1e-12) }
  }

  @Test func `any number of threads gives the same bits`() throws {
    let objective = RecurrentObjective(lossSegments: .last, backpropagation: .full)
    func gradients(threadCount: Int) throws -> [Float] {
      let batch = try RecurrentBatch<Float>(
        dropout: 0.25, threadCount: threadCount, tokenCounts: Array(1...70).map { $0 % 12 + 1 })
      let store = ParameterStore<Float>(batch.model)
      _ = batch.loss(objective, into: store)
      return Array(store.elements)
    }
    let alone = try gradients(threadCount: 1)
    for threadCount in [2, 3, 7] {
      #expect(try gradients(threadCount: threadCount) == alone, "\(threadCount) threads")
    }
  }
}

/// A random model, documents of unequal lengths, and their loss.
struct RecurrentBatch<Scalar: KernelScalar> {
  let model: ModelDescription
  let store: ParameterStore<Scalar>
  let samples: [RecurrentSample]
  let trainer: RecurrentTrainer<Scalar>
  private let dropoutKey: SIMD2<UInt32>?

  /// Segments hold 4 tokens, so the default documents take 1, 2, 4 and 3 segments.
  init(
    dropout: Double, threadCount: Int, tokenCounts: [Int] = [1, 5, 16, 11],
    family: EncoderFamily = .bert,
    adapt: (RecurrentSample, MemoryConfiguration) -> RecurrentSample = { sample, _ in sample }
  ) throws {
    let memory = MemoryConfiguration(tokenCount: 2, segmentPositions: 9, alignment: .right)
    model = ModelDescription(
      encoder: EncoderConfiguration(
        family: family, vocabularySize: 11, hiddenSize: 8,
        embeddingSize: family.embeddingProjection == .never ? nil : 5, layerCount: 2,
        layerGroupCount: family.sharesLayers ? 1 : 2, headCount: 2, intermediateSize: 12,
        activation: .gelu, maximumPositions: 9, positionOffset: family.offsetsPositions ? 2 : 0,
        tokenTypeCount: family.hasTokenTypes ? 2 : 0, layerNormEpsilon: 1e-12,
        hiddenDropout: dropout, attentionDropout: dropout, classifierDropout: dropout,
        initializerRange: 0.02), memory: memory, labels: ["a", "b", "c"])
    store = ParameterStore(model)
    var stream = RandomStream(seed: 3)
    for entry in store.layout.entries {
      let center: Double = entry.parameter.role == .gain ? 1 : 0
      let elements = store.elements(of: entry)
      for index in elements.indices {
        elements[index] = Scalar(center + stream.normal(standardDeviation: 0.3))
      }
    }
    samples = tokenCounts.map { count in
      let tokens = (0..<count).map { _ in Int32(stream.index(below: 11)) }
      return adapt(
        RecurrentSample(tokens: tokens, label: stream.index(below: 3), memory: memory), memory)
    }
    let tokens = SpecialTokens(
      padding: 0, unknown: 1, classification: 2, separator: 3, mask: 4)
    trainer = RecurrentTrainer(
      try RecurrentPlan(model, tokens: tokens), threadCount: threadCount, trains: true)
    dropoutKey = dropout > 0 ? [7, 8] : nil
  }

  /// The mean loss, and its gradients when a store is given.
  func loss(
    _ objective: RecurrentObjective, into gradients: ParameterStore<Scalar>?
  ) -> Double {
    let scale = 1 / Double(samples.count)
    return scale
      * trainer.accumulateGradients(
        samples, firstSample: 0, objective: objective, scale: scale,
        dropoutKey: dropoutKey, parameters: store.parameters,
        into: gradients ?? ParameterStore(model)
      ).lossSum
  }

  /// The memory that a document's segments before the last one hand on to it.
  func memoryEnteringLastSegment(of document: RecurrentSample) -> [Scalar] {
    let worker = RecurrentWorker<Scalar>(trainer.plan, team: trainer.team, trains: true)
    let unread = ParameterStore<Scalar>(model)
    // The worker writes where the store's parameters point, and what it kept is read before it goes.
    return withExtendedLifetime((worker, unread)) {
      _ = worker.accumulate(
        documents: [document], firstSample: 0,
        objective: RecurrentObjective(lossSegments: .last, backpropagation: .full), scale: 1,
        dropoutKey: nil, parameters: store.parameters, gradients: unread.parameters)
      return Array(
        UnsafeBufferPointer(
          start: worker.memories.entering(step: 0, sample: 0), count: worker.memoryStride))
    }
  }
}

extension RecurrentBatch<Double> {
  /// Holds gradients against central differences of a loss, at three numbers of every parameter.
  ///
  /// - Parameter loss: the loss after a number was moved by what it is given.
  func expectSlopes(
    _ gradients: ParameterStore<Double>, seed: UInt64, of loss: (_ move: () -> Void) -> Double
  ) {
    var stream = RandomStream(seed: seed)
    for entry in store.layout.entries {
      let values = store.elements(of: entry)
      for _ in 0..<3 {
        let index = stream.index(below: values.count)
        let step = 1e-5, start = values[index]
        let above = loss { values[index] = start + step }
        values[index] = start
        let below = loss { values[index] = start - step }
        values[index] = start
        let slope = (above - below) / (2 * step)
        let gradient = gradients.elements(of: entry)[index]
        #expect(
          abs(gradient - slope) < 1e-7 + 1e-5 * abs(slope), "\(entry.parameter.name)[\(index)]")
      }
    }
  }
}
