import Kernels
import ModelSchema
import Testing
import Tokenizers
import Transformer

@testable import RecurrentMemory

/// Memory replay against full backpropagation: the same bits, and the activations of one segment.
@Suite struct RecurrentReplayTests {
  @Test(arguments: RecurrentObjective.LossSegments.allCases, [0.0, 0.25])
  func `replay gives the bits of full backpropagation`(
    _ lossSegments: RecurrentObjective.LossSegments, dropout: Double
  ) throws {
    try check(Float.self, lossSegments, dropout: dropout)
    try check(Double.self, lossSegments, dropout: dropout)
  }

  private func check<Scalar: KernelScalar>(
    _ type: Scalar.Type, _ lossSegments: RecurrentObjective.LossSegments, dropout: Double
  ) throws {
    // One to nine segments of 4 tokens, side by side in one group.
    let batch = try RecurrentBatch<Scalar>(
      dropout: dropout, threadCount: 1, tokenCounts: [1, 5, 36, 11, 16, 33])
    func pass(_ backpropagation: Backpropagation) -> (loss: Double, gradients: [Scalar]) {
      let gradients = ParameterStore<Scalar>(batch.model)
      let loss = batch.loss(
        RecurrentObjective(lossSegments: lossSegments, backpropagation: backpropagation),
        into: gradients)
      return (loss, Array(gradients.elements))
    }
    let full = pass(.full)
    #expect(full.gradients.contains { $0 != 0 })
    for backpropagation in [Backpropagation.replay, .automatic, .truncated(9), .replay] {
      let other = pass(backpropagation)
      #expect(other.loss == full.loss, "\(backpropagation)")
      #expect(other.gradients == full.gradients, "\(backpropagation)")
    }
    #expect(pass(.truncated(2)).gradients != full.gradients)
  }

  @Test func `replay keeps the activations of one segment, however many there are`() throws {
    let model = LongDocuments()
    var elementCounts: [Int] = []
    for segmentCount in [8, 64, 256] {
      let worker = try model.worker()
      model.accumulate(worker, segmentCount: segmentCount, .replay)
      #expect(worker.tapes.count == 1)
      elementCounts.append(worker.memories.elementCount)
    }
    // Beside them only the memory at each boundary, m·d numbers for each of the two samples, or one
    // of each sample that a pass has room for.
    let least = try model.worker().plan.samplesPerGroup * 2 * 8
    #expect(elementCounts == [least, max(least, 64 * 2 * 2 * 8), 256 * 2 * 2 * 8])
    // A loss on every segment takes every segment back, however short the memory's gradient is.
    let truncated = try model.worker()
    model.accumulate(truncated, segmentCount: 8, .truncated(2), lossSegments: .all)
    #expect(truncated.tapes.count == 1)
    let full = try model.worker()
    model.accumulate(full, segmentCount: 8, .full)
    #expect(full.tapes.count == 8)
    #expect(full.memories.elementCount == least)
  }

  @Test func `nothing is reserved for a document when one as long was there`() throws {
    let model = LongDocuments()
    let worker = try model.worker()
    model.accumulate(worker, segmentCount: 12, .replay)
    let place = worker.memories.entering(step: 0, sample: 0)
    for segmentCount in [12, 5, 12] {
      model.accumulate(worker, segmentCount: segmentCount, .replay)
      #expect(worker.memories.entering(step: 0, sample: 0) == place)
    }
    #expect(worker.tapes.count == 1)
  }

  @Test func `documents of up to four segments keep everything unless asked otherwise`() throws {
    let model = LongDocuments()
    for (segmentCount, tapeCount) in [(1, 1), (4, 4), (5, 1), (9, 1)] {
      let worker = try model.worker()
      model.accumulate(worker, segmentCount: segmentCount, .automatic)
      #expect(worker.tapes.count == tapeCount, "\(segmentCount) segments")
    }
  }

  @Test func `spellings are read as they are written`() {
    for backpropagation in [Backpropagation.automatic, .full, .replay, .truncated(3)] {
      #expect(Backpropagation(backpropagation.description) == backpropagation)
    }
    for wrong in ["", "0", "-1", "1.5", "Full", "truncated"] {
      #expect(Backpropagation(wrong) == nil, "\(wrong)")
    }
  }
}

/// Two documents of equal length for a worker of its own, whose groups hold up to four.
private struct LongDocuments {
  private static let memory = MemoryConfiguration(
    tokenCount: 2, segmentPositions: 128, alignment: .right)
  private let model = ModelDescription(
    encoder: EncoderConfiguration(
      vocabularySize: 11, hiddenSize: 8, layerCount: 2, headCount: 2, intermediateSize: 12,
      activation: .gelu, maximumPositions: 128, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
      hiddenDropout: 0, attentionDropout: 0, classifierDropout: 0, initializerRange: 0.02),
    memory: memory, labels: ["a", "b"])

  func worker() throws -> RecurrentWorker<Float> {
    let tokens = SpecialTokens(
      padding: 0, unknown: 1, classification: 2, separator: 3, mask: 4)
    return RecurrentWorker(
      try RecurrentPlan(model, tokens: tokens), team: ThreadTeam(threadCount: 1), trains: true)
  }

  func accumulate(
    _ worker: RecurrentWorker<Float>, segmentCount: Int, _ backpropagation: Backpropagation,
    lossSegments: RecurrentObjective.LossSegments = .last
  ) {
    let parameters = ParameterStore<Float>(model)
    let gradients = ParameterStore<Float>(model)
    let samples = (0..<2).map { label in
      RecurrentSample(
        tokens: Array(repeating: 5, count: (segmentCount - 1) * Self.memory.segmentSize + 1),
        label: label, memory: Self.memory)
    }
    _ = worker.accumulate(
      RecurrentWorker<Float>.Group(
        samples, firstSample: 0, sharesBeginnings: true, plan: worker.plan),
      objective: RecurrentObjective(
        lossSegments: lossSegments, backpropagation: backpropagation),
      scale: 0.5, dropoutKey: nil, parameters: parameters.parameters,
      gradients: gradients.parameters)
  }
}
