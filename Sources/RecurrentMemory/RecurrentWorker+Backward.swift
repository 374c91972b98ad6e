import Kernels
import Transformer

extension RecurrentWorker {
  /// Takes one segment back: from its logits, when the loss reads them, and from the memory that it
  /// handed on, to the parameters and the memory that it read.
  ///
  /// - Parameters:
  ///   - memoryArrives: whether ``memoryGradient`` holds the gradient at the memory handed on.
  ///   - memoryClipNorm: the longest of those that go on, for a loss of one document; `nil` for any.
  /// - Returns: Σ weight·cross-entropy of the segment's logits and how many samples are right; zeros
  ///   when the loss does not read them.
  func backward(
    _ group: Group, _ pass: Group.Pass, tape: EncoderActivations<Scalar>,
    lossSegments: RecurrentObjective.LossSegments, memoryArrives: Bool,
    memoryClipNorm: Double?, scale: Double,
    dropout: DropoutPlan?, parameters: ModelParameters<Scalar>, gradients: ModelParameters<Scalar>
  ) -> (lossSum: Double, correctCount: Int) {
    let width = plan.model.encoder.hiddenSize
    let (active, step) = (pass.active, pass.step)
    let hasLoss = step == 0 || lossSegments == .all
    var outcome = (lossSum: 0.0, correctCount: 0)
    if hasLoss {
      outcome = head.accumulate(
        parameters, gradients: gradients, hidden: tape.output, reading: pass.reading,
        batch: pass.classification, scale: scale, dropout: dropout, into: classificationGradient,
        workspace: workspace
      ) { sequence in
        let sample = group.samples[active[sequence]]
        return ClassificationStep<Scalar>.Target(
          label: sample.label,
          weight: lossSegments == .all ? 1 / Double(sample.segmentCount) : sample.weight)
      }
    }

    hiddenGradient.update(repeating: 0, count: pass.reading.rowCount * width)
    for sequence in active.indices {
      let sample = active[sequence]
      let first = hiddenGradient + pass.reading.starts[sequence] * width
      if hasLoss {
        first.update(from: classificationGradient + sequence * width, count: width)
      }
      if memoryArrives {
        let memory = first + plan.layout.memoryRows.lowerBound * width
        memory.update(from: memoryGradient + sample * memoryStride, count: memoryStride)
        if let memoryClipNorm { clip(memory, norm: memoryClipNorm * scale) }
      }
    }
    let inputs = encoder.backward(
      parameters, gradients: gradients, hiddenGradient: hiddenGradient, batch: pass.batch,
      reading: pass.reading, dropout: dropout, activations: tape, workspace: workspace)
    for sequence in active.indices {
      let sample = active[sequence]
      let firstRow = pass.batch.starts[sequence]
      plan.layout.addWordGradients(
        tokens: group.tokens(of: sample, step: step),
        rows: inputs.words + firstRow * plan.layout.embeddingWidth, to: gradients.embeddings.word)
      let memoryRows = inputs.memory + (firstRow + plan.layout.memoryRows.lowerBound) * width
      if group.segment(of: sample, step: step) == 0 {
        if group.samples[sample].beginsDocument, let initialMemory = gradients.initialMemory {
          Scalar.add(memoryRows, to: initialMemory, count: memoryStride)
        }
      } else if group.readers[sample] == sample {
        (memoryGradient + sample * memoryStride).update(from: memoryRows, count: memoryStride)
      } else {
        // What was read for both had one memory; the reader's gradient is there, for it comes first.
        Scalar.add(
          memoryRows, to: memoryGradient + group.readers[sample] * memoryStride,
          count: memoryStride)
      }
    }
    return outcome
  }

  /// Shortens the gradient at a memory to a length, if it is longer.
  private func clip(_ gradient: UnsafeMutablePointer<Scalar>, norm limit: Double) {
    let norm = Scalar.sumOfSquares(gradient, count: memoryStride).squareRoot()
    guard norm > limit else { return }
    let factor = Scalar(limit / norm)
    for index in 0..<memoryStride { gradient[index] *= factor }
  }
}
