import Transformer

extension RecurrentWorker {
  /// Adds the gradients of `scale`·Σ loss over documents that go side by side to `gradients`.
  ///
  /// Where the question is asked every k segments, a document's loss is the mean over its passages,
  /// and gradients flow through one passage alone: the memory that the next one begins with is a
  /// constant. A document whose answer is wrong is read no further, for what its memory has lost cannot
  /// be learned from what comes behind.
  func accumulate(
    documents: [RecurrentSample], firstSample: Int, objective: RecurrentObjective, scale: Double,
    dropoutKey: SIMD2<UInt32>?, memoryMixup: MemoryMixup?, parameters: ModelParameters<Scalar>,
    gradients: ModelParameters<Scalar>
  ) -> RecurrentLoss {
    func accumulate(_ group: Group) -> RecurrentLoss {
      self.accumulate(
        group, objective: objective, scale: scale, dropoutKey: dropoutKey,
        memoryMixup: memoryMixup, parameters: parameters, gradients: gradients)
    }
    guard let interval = objective.askEvery else {
      return accumulate(Group(documents, firstSample: firstSample, plan: plan))
    }
    var loss = RecurrentLoss()
    loss.sampleCount = documents.count
    var slots = Array(documents.indices)
    var passages = documents.compactMap { $0.passage(0, askedEvery: interval) }
    var index = 0
    while !slots.isEmpty {
      let group = Group(passages, slots: slots, firstSample: firstSample, plan: plan)
      let outcome = accumulate(group)
      loss.lossSum += outcome.lossSum
      loss.positionCount += outcome.positionCount
      index += 1
      (slots, passages) = ([], [])
      for (sample, slot) in group.slots.enumerated() {
        guard group.samples[sample].weight == 0 || head.isRight[sample] else { continue }
        guard let next = documents[slot].passage(index, askedEvery: interval) else {
          loss.correctCount += 1
          continue
        }
        keepMemory(of: sample, slot: slot)
        slots.append(slot)
        passages.append(next)
      }
    }
    return loss
  }
}
