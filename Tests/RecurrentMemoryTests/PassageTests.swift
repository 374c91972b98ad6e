import ModelSchema
import Randomness
import Testing
import Transformer

@testable import RecurrentMemory

/// Documents whose question is asked in between as well.
@Suite struct PassageTests {
  /// A document of segments of one token, each the number of its segment.
  private func document(segmentCount: Int, factEnd: Int?) -> RecurrentSample {
    let memory = MemoryConfiguration(tokenCount: 2, segmentPositions: 6, alignment: .right)
    return RecurrentSample(
      tokens: (0..<segmentCount).map(Int32.init), label: 1, memory: memory, factEnd: factEnd)
  }

  private func passages(of document: RecurrentSample, every interval: Int) -> [RecurrentSample] {
    (0..<document.segmentCount + 1).compactMap { document.passage($0, askedEvery: interval) }
  }

  @Test(
    arguments: [
      (8, 3, [[0, 1, 2, 7], [3, 4, 5, 7], [6, 7]]), (7, 3, [[0, 1, 2, 6], [3, 4, 5, 6]]),
      (2, 3, [[0, 1]]), (1, 3, [[0]]), (4, 1, [[0, 3], [1, 3], [2, 3]]), (4, 3, [[0, 1, 2, 3]]),
    ] as [(Int, Int, [[Int32]])])
  func `every segment is read once, and the last one at the end of every passage`(
    segmentCount: Int, interval: Int, expected: [[Int32]]
  ) {
    let found = passages(of: document(segmentCount: segmentCount, factEnd: 1), every: interval)
    #expect(found.map { $0.pieces.indices.flatMap($0.tokens(ofSegment:)) } == expected)
    #expect(found.allSatisfy { $0.weight == 1 / Double(expected.count) && $0.label == 1 })
    #expect(found.map(\.beginsDocument) == [true] + found.dropFirst().map { _ in false })
    // No two segments that are read have one number, or they would share their dropout masks.
    let numbers = found.flatMap { $0.firstSegment..<$0.firstSegment + $0.segmentCount }
    #expect(numbers == Array(0..<numbers.count))
  }

  @Test(
    arguments: [
      (0, [0.25, 0.25, 0.25, 0.25]), (2, [0.25, 0.25, 0.25, 0.25]),
      (3, [0, 1 / 3.0, 1 / 3.0, 1 / 3.0]),
      (4, [0, 1 / 3.0, 1 / 3.0, 1 / 3.0]), (5, [0, 0, 0.5, 0.5]), (7, [0, 0, 0, 1]),
      (8, [0, 0, 0, 1]), (nil, [0, 0, 0, 1]),
    ] as [(Int?, [Double])])
  func `passages before the last fact have no share in the loss`(factEnd: Int?, expected: [Double])
  {
    // Asked after segments 0 and 1, 2 and 3, 4 and 5, and 6: the eighth asks.
    let found = passages(of: document(segmentCount: 8, factEnd: factEnd), every: 2)
    #expect(found.map(\.weight) == expected)
  }

  @Test func `a document that is shorter than the interval learns as ever`() throws {
    let batch = try RecurrentBatch<Float>(dropout: 0.25, threadCount: 1)
    let plain = ParameterStore<Float>(batch.model), asked = ParameterStore<Float>(batch.model)
    let loss = batch.loss(
      RecurrentObjective(lossSegments: .last, backpropagation: .full), into: plain)
    #expect(
      batch.loss(
        RecurrentObjective(lossSegments: .last, backpropagation: .full, askEvery: 3), into: asked)
        == loss)
    #expect(asked.elements.elementsEqual(plain.elements))
  }

  /// Twelve tokens in three segments, asked after one and after two of them.
  private func batch(
    of label: Int, tokens: [Int32] = [1, 9, 3, 4, 8, 6, 7, 2, 5, 10, 3, 1]
  ) throws -> RecurrentBatch<Double> {
    try RecurrentBatch<Double>(dropout: 0, threadCount: 1, tokenCounts: [12]) {
      RecurrentSample(tokens: tokens, label: label, memory: $1, factEnd: 0)
    }
  }

  private let everySegment = RecurrentObjective(
    lossSegments: .last, backpropagation: .full, askEvery: 1)

  /// The label that the model gives the document at both questions.
  private func answer() throws -> Int {
    for label in 0..<3 {
      let batch = try batch(of: label)
      let outcome = batch.trainer.accumulateGradients(
        batch.samples, firstSample: 0, objective: everySegment, scale: 1, dropoutKey: nil,
        parameters: batch.store.parameters, into: ParameterStore(batch.model))
      if outcome.correctCount == 1 { return label }
    }
    Issue.record("no label is right at both questions")
    return 0
  }

  @Test func `gradients of passages are difference quotients, the memory between them a constant`()
    throws
  {
    let batch = try batch(of: try answer())
    let gradients = ParameterStore<Double>(batch.model)
    let whole = batch.loss(everySegment, into: gradients)

    // The same passages as documents of their own, the second from the memory that the first one's
    // segment hands on with the numbers as they are.
    let memory = try #require(batch.model.memory)
    func document(_ segments: [Int]) -> RecurrentSample {
      let sample = batch.samples[0]
      return RecurrentSample(
        tokens: segments.flatMap { sample.tokens(ofSegment: $0) }, label: sample.label,
        memory: memory)
    }
    let plain = RecurrentObjective(lossSegments: .last, backpropagation: .full)
    func loss(_ sample: RecurrentSample) -> Double {
      batch.trainer.accumulateGradients(
        [sample], firstSample: 0, objective: plain, scale: 1, dropoutKey: nil,
        parameters: batch.store.parameters, into: ParameterStore(batch.model)
      ).lossSum
    }
    let initial = try #require(batch.store.elements(named: "memory.initial"))
    let handedOn = batch.memoryEnteringLastSegment(of: document([0, 2]))
    let start = Array(initial)
    func fromHandedOn(_ sample: RecurrentSample) -> Double {
      for index in initial.indices { initial[index] = handedOn[index] }
      defer { for index in initial.indices { initial[index] = start[index] } }
      return loss(sample)
    }
    let (first, second) = (document([0, 2]), document([1, 2]))
    #expect(abs(whole - (loss(first) + fromHandedOn(second)) / 2) < 1e-12)

    batch.expectSlopes(gradients, seed: 14) { move in
      // A moved number of the initial memory reaches the first passage alone.
      let before = Array(initial)
      move()
      let isInitialMemory = Array(initial) != before
      return (loss(first) + (isInitialMemory ? 0 : fromHandedOn(second))) / 2
    }
  }

  @Test func `a document whose answer is wrong is read no further`() throws {
    let right = try answer()
    for label in 0..<3 {
      let batch = try batch(of: label)
      let outcome = batch.trainer.accumulateGradients(
        batch.samples, firstSample: 0, objective: everySegment, scale: 1, dropoutKey: nil,
        parameters: batch.store.parameters, into: ParameterStore(batch.model))
      // Two segments in the first passage and two in the second, of 9 positions each.
      #expect(outcome.positionCount == (label == right ? 36 : 18))
      #expect(outcome.correctCount == (label == right ? 1 : 0))
      #expect(outcome.sampleCount == 1)
    }
  }

  @Test(arguments: [Backpropagation.full, .replay, .truncated(1)])
  func `documents side by side learn as they do alone, with their own masks`(
    backpropagation: Backpropagation
  ) throws {
    let objective = RecurrentObjective(
      lossSegments: .last, backpropagation: backpropagation, askEvery: 2)
    func gradients(oneByOne: Bool) throws -> (numbers: [Double], positions: Int) {
      let batch = try RecurrentBatch<Double>(
        dropout: 0.25, threadCount: 2, tokenCounts: [36, 1, 5, 11, 16, 33, 24, 8]
      ) { RecurrentSample(tokens: $0.tokens, label: $0.label, memory: $1, factEnd: 3) }
      let store = ParameterStore<Double>(batch.model)
      var positions = 0
      for index in oneByOne ? Array(batch.samples.indices) : [0] {
        positions +=
          batch.trainer.accumulateGradients(
            oneByOne ? [batch.samples[index]] : batch.samples, firstSample: index,
            objective: objective, scale: 1, dropoutKey: [7, 8],
            parameters: batch.store.parameters, into: store
          ).positionCount
      }
      return (Array(store.elements), positions)
    }
    let together = try gradients(oneByOne: false)
    let alone = try gradients(oneByOne: true)
    for (one, other) in zip(together.numbers, alone.numbers) { #expect(abs(one - other) < 1e-12) }
    // More than the first passages alone: some documents are read on.
    let firstPassages = [27, 5, 14, 23, 27, 27, 27, 18].reduce(0, +)
    #expect(together.positions > firstPassages && together.positions == alone.positions)
  }

  @Test func `replay gives the same bits as activations that are kept`() throws {
    func gradients(_ backpropagation: Backpropagation) throws -> [Float] {
      let batch = try RecurrentBatch<Float>(
        dropout: 0.25, threadCount: 2, tokenCounts: [36, 1, 5, 11, 16, 33, 24, 8]
      ) { RecurrentSample(tokens: $0.tokens, label: $0.label, memory: $1, factEnd: 3) }
      let store = ParameterStore<Float>(batch.model)
      _ = batch.loss(
        RecurrentObjective(lossSegments: .last, backpropagation: backpropagation, askEvery: 2),
        into: store)
      return Array(store.elements)
    }
    #expect(try gradients(.replay) == gradients(.full))
    #expect(try gradients(.truncated(1)) != gradients(.full))
  }

  @Test func `a question after no segment is a programming error, and one beside all losses`() async
  {
    await #expect(processExitsWith: .failure) {
      _ = RecurrentObjective(lossSegments: .last, backpropagation: .full, askEvery: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = RecurrentObjective(lossSegments: .all, backpropagation: .full, askEvery: 1)
    }
  }
}
