import Kernels
import ModelSchema
import Randomness
import Testing
import Transformer

@testable import RecurrentMemory

/// Documents that differ in their last segment alone, read once up to it.
@Suite struct SharedBeginningTests {
  /// Documents of segments of four tokens; neighbours of one length are one but for their last segment.
  private func batch(
    _ tokenCounts: [Int], dropout: Double = 0
  ) throws -> RecurrentBatch<Double> {
    var last: RecurrentSample?
    return try RecurrentBatch<Double>(dropout: dropout, threadCount: 2, tokenCounts: tokenCounts) {
      var tokens = $0.tokens
      if let last, last.tokens.count == tokens.count {
        let end = last.pieces[last.segmentCount - 1].lowerBound
        tokens.replaceSubrange(..<end, with: last.tokens[..<end])
      }
      let sample = RecurrentSample(tokens: tokens, label: $0.label, memory: $1, factEnd: 0)
      last = sample
      return sample
    }
  }

  /// Loss and gradients of a batch, all at once or document by document.
  private func outcome(
    of batch: RecurrentBatch<Double>, _ objective: RecurrentObjective, apart: Bool
  ) -> (loss: RecurrentLoss, gradients: [Double]) {
    let gradients = ParameterStore<Double>(batch.model)
    var loss = RecurrentLoss()
    for samples in apart ? batch.samples.map({ [$0] }) : [batch.samples] {
      loss += batch.trainer.accumulateGradients(
        samples, firstSample: 0, objective: objective, scale: 1, dropoutKey: nil,
        parameters: batch.store.parameters, into: gradients)
    }
    return (loss, Array(gradients.elements))
  }

  private static let objectives = [
    RecurrentObjective(lossSegments: .last, backpropagation: .full),
    RecurrentObjective(lossSegments: .last, backpropagation: .replay),
    RecurrentObjective(lossSegments: .last, backpropagation: .truncated(2)),
    RecurrentObjective(lossSegments: .last, backpropagation: .truncated(1)),
    RecurrentObjective(lossSegments: .last, backpropagation: .full, askEvery: 1),
    RecurrentObjective(lossSegments: .all, backpropagation: .full),
  ]

  @Test(arguments: objectives)
  func `loss and gradients are those of documents read apart`(_ objective: RecurrentObjective)
    throws
  {
    let batch = try batch([12, 12, 12, 3, 3, 8, 8, 16, 14, 14])
    let together = outcome(of: batch, objective, apart: false)
    let apart = outcome(of: batch, objective, apart: true)
    #expect(abs(together.loss.lossSum - apart.loss.lossSum) < 1e-12 * apart.loss.lossSum)
    #expect(together.loss.correctCount == apart.loss.correctCount)
    let largest = apart.gradients.reduce(0) { max($0, abs($1)) }
    #expect(largest > 0.01)
    for (one, other) in zip(together.gradients, apart.gradients) {
      #expect(abs(one - other) < 1e-13 * largest)
    }
  }

  @Test func `where a document is read no further the others of its story go on`() throws {
    let batch = try batch([12, 12])
    let memory = try #require(batch.model.memory)
    // The first is wrong when it is asked after its first segment, the second right.
    let samples = batch.samples.enumerated().map { index, sample in
      let passage = RecurrentSample(
        tokens: [0, 2].flatMap { sample.tokens(ofSegment: $0) }, label: 0, memory: memory)
      let logits = batch.trainer.logits([passage], parameters: batch.store.parameters)[0]
      let best = logits.indices.max { logits[$0] < logits[$1] } ?? 0
      return RecurrentSample(
        tokens: sample.tokens, label: (best + 1 - index) % 3, memory: memory, factEnd: 0)
    }
    func outcome(_ parts: [[RecurrentSample]]) -> (loss: RecurrentLoss, gradients: [Double]) {
      let gradients = ParameterStore<Double>(batch.model)
      var loss = RecurrentLoss()
      for samples in parts {
        loss += batch.trainer.accumulateGradients(
          samples, firstSample: 0,
          objective: RecurrentObjective(
            lossSegments: .last, backpropagation: .full, askEvery: 1), scale: 1, dropoutKey: nil,
          parameters: batch.store.parameters, into: gradients)
      }
      return (loss, Array(gradients.elements))
    }
    let together = outcome([samples]), apart = outcome(samples.map { [$0] })
    // The first segment for both and two questions, then the second's other passage.
    #expect(together.loss.positionCount == (1 + 2) * 9 + 2 * 9)
    #expect(abs(together.loss.lossSum - apart.loss.lossSum) < 1e-12 * apart.loss.lossSum)
    let largest = apart.gradients.reduce(0) { max($0, abs($1)) }
    for (one, other) in zip(together.gradients, apart.gradients) {
      #expect(abs(one - other) < 1e-13 * largest)
    }
  }

  @Test func `a beginning is computed once, as often as the loss looks at it`() throws {
    // Three documents of three segments of nine rows.
    let batch = try batch([12, 12, 12])
    func rows(_ objective: RecurrentObjective) -> Int {
      outcome(of: batch, objective, apart: false).loss.positionCount
    }
    #expect(rows(RecurrentObjective(lossSegments: .last, backpropagation: .full)) == (2 + 3) * 9)
    #expect(rows(RecurrentObjective(lossSegments: .last, backpropagation: .replay)) == (2 + 3) * 9)
    #expect(rows(RecurrentObjective(lossSegments: .all, backpropagation: .full)) == 3 * 3 * 9)
  }

  @Test func `more last segments than a pass has room for go in several`() throws {
    let batch = try batch(Array(repeating: 8, count: 70) + [5, 8])
    let plan = batch.trainer.plan
    #expect(plan.capacity.rowCount < 70 * 9 && plan.samplesPerGroup >= 70)
    #expect(plan.groups(of: batch.samples, sharesBeginnings: true) == [0..<72])
    let group = RecurrentWorker<Double>.Group(
      batch.samples, firstSample: 0, sharesBeginnings: true, plan: plan)
    #expect(group.lastPassCount == 2)
    #expect(group.passes.map(\.active) == [Array(0..<56), Array(56..<72), [0, 70, 71]])
    let objective = Self.objectives[0]
    let (together, apart) = (
      outcome(of: batch, objective, apart: false), outcome(of: batch, objective, apart: true)
    )
    #expect(together.loss.correctCount == apart.loss.correctCount)
    let largest = apart.gradients.reduce(0) { max($0, abs($1)) }
    for (one, other) in zip(together.gradients, apart.gradients) {
      #expect(abs(one - other) < 1e-12 * largest)
    }
    let logits = batch.trainer.logits(batch.samples, parameters: batch.store.parameters)
    for (sample, row) in zip(batch.samples, logits) {
      let alone = batch.trainer.logits([sample], parameters: batch.store.parameters)[0]
      #expect(zip(row, alone).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  @Test func `with dropout gradients are the difference quotients too`() throws {
    let batch = try batch([12, 12, 12, 8, 8], dropout: 0.25)
    let objective = Self.objectives[0]
    let gradients = ParameterStore<Double>(batch.model)
    _ = batch.loss(objective, into: gradients)
    batch.expectSlopes(gradients, seed: 14) { move in
      move()
      return batch.loss(objective, into: nil)
    }
  }

  @Test func `what differs before the last segment is not shared`() throws {
    let memory = MemoryConfiguration(tokenCount: 2, segmentPositions: 9, alignment: .right)
    func sample(_ tokens: [Int32], span: Int? = nil) -> RecurrentSample {
      RecurrentSample(tokens: tokens, label: 0, memory: memory, factEnd: 0, positionSpan: span)
    }
    let document = sample([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2])
    #expect(sample([1, 2, 3, 4, 5, 6, 7, 8, 3, 3, 3, 3]).sharesBeginning(with: document))
    for other in [
      sample([9, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2]), sample([1, 2, 3, 4, 5, 6, 7, 8]),
      sample([2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2]),
      sample([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2], span: 20),
    ] { #expect(!other.sharesBeginning(with: document)) }
    // Of documents of one segment nothing comes before.
    #expect(!sample([1, 2]).sharesBeginning(with: sample([1, 2])))
    // Passages that read the same segments remember what came before them.
    let other = sample([9, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2])
    let (second, secondOfOther) = (
      try #require(document.passage(1, askedEvery: 1)),
      try #require(other.passage(1, askedEvery: 1))
    )
    #expect(!secondOfOther.sharesBeginning(with: second))
  }
}
