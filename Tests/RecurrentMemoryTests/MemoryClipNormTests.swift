import Kernels
import Testing
import Transformer

@testable import RecurrentMemory

/// Gradients at memories that are shortened on their way back.
@Suite struct MemoryClipNormTests {
  private func objective(
    _ norm: Double?, _ backpropagation: Backpropagation = .full
  ) -> RecurrentObjective {
    RecurrentObjective(
      lossSegments: .last, backpropagation: backpropagation, memoryClipNorm: norm)
  }

  private func gradients(
    _ batch: RecurrentBatch<Double>, _ objective: RecurrentObjective
  ) -> [Double] {
    let store = ParameterStore<Double>(batch.model)
    _ = batch.loss(objective, into: store)
    return Array(store.elements)
  }

  /// ‖∂ℓ/∂M‖ of the memory that enters the second of two segments: that of a document which is this
  /// segment alone, with M in place of the initial memory.
  private func memoryGradientNorm(_ batch: RecurrentBatch<Double>) throws -> Double {
    let entering = batch.memoryEnteringLastSegment(of: batch.samples[0])
    let last = try RecurrentBatch<Double>(dropout: 0, threadCount: 1, tokenCounts: [8]) {
      RecurrentSample(tokens: Array($0.tokens[$0.pieces[1]]), label: $0.label, memory: $1)
    }
    let memory = try #require(last.store.elements(named: "memory.initial"))
    for index in memory.indices { memory[index] = entering[index] }
    let store = ParameterStore<Double>(last.model)
    _ = last.loss(objective(nil), into: store)
    let gradient = try #require(store.elements(named: "memory.initial"))
    return gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  @Test func `what goes back through a memory is shortened to the norm, what does not is left`()
    throws
  {
    let batch = try RecurrentBatch<Double>(dropout: 0, threadCount: 1, tokenCounts: [8])
    let norm = try memoryGradientNorm(batch)
    #expect(norm > 1e-3)
    let full = gradients(batch, objective(nil)),
      last = gradients(batch, objective(nil, .truncated(1)))
    #expect(gradients(batch, objective(norm * 1.0001)) == full)
    for share in [0.5, 0.01] {
      for (index, clipped) in gradients(batch, objective(norm * share)).enumerated() {
        let expected = last[index] + share * (full[index] - last[index])
        #expect(abs(clipped - expected) < 1e-12)
      }
    }
  }

  @Test func `it is the norm of the whole loss, whatever its share of a batch`() throws {
    let batch = try RecurrentBatch<Double>(dropout: 0, threadCount: 1, tokenCounts: [8])
    let norm = try memoryGradientNorm(batch) / 2
    let one = gradients(batch, objective(norm))
    let store = ParameterStore<Double>(batch.model)
    _ = batch.trainer.accumulateGradients(
      batch.samples, firstSample: 0, objective: objective(norm), scale: 0.25, dropoutKey: nil,
      parameters: batch.store.parameters, into: store)
    for (quarter, whole) in zip(store.elements, one) { #expect(abs(4 * quarter - whole) < 1e-12) }
  }

  @Test(arguments: [1e-4, 1e-2, 1])
  func `activations that are computed again give the same bits`(norm: Double) throws {
    let batch = try RecurrentBatch<Double>(dropout: 0.25, threadCount: 2)
    let full = gradients(batch, objective(norm))
    #expect(gradients(batch, objective(norm, .replay)) == full)
    #expect((full != gradients(batch, objective(nil))) == (norm < 1))
  }

  @Test func `a gradient of no length traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = RecurrentObjective(lossSegments: .last, backpropagation: .full, memoryClipNorm: 0)
    }
  }
}
