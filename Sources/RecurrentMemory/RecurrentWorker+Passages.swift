import Transformer

extension RecurrentWorker {
  /// Adds the gradients of `scale`·Σ loss over documents that go side by side to `gradients`.
  ///
  /// Where the question is asked every k segments, a document's loss is
  ///
  ///     (1 / P) Σ cross-entropy of passage p
  ///
  /// over its P passages that end behind the last fact. Gradients flow through one passage alone: the
  /// memory that the next one begins with is a constant. A document whose answer is wrong is read no
  /// further, for what its memory has lost cannot be learned from what comes behind; passages that are
  /// not read add nothing.
  ///
  /// - Returns: what came out; a document is right when it was at every question.
  func accumulate(
    documents: [RecurrentSample], firstSample: Int, objective: RecurrentObjective, scale: Double,
    dropoutKey: SIMD2<UInt32>?, parameters: ModelParameters<Scalar>,
    gradients: ModelParameters<Scalar>
  ) -> RecurrentLoss {
    func accumulate(_ group: Group) -> RecurrentLoss {
      let loss = self.accumulate(
        group, objective: objective, scale: scale, dropoutKey: dropoutKey,
        parameters: parameters, gradients: gradients)
      keepMemories(of: group)
      return loss
    }
    guard let interval = objective.askEvery else {
      return accumulate(
        Group(
          documents, firstSample: firstSample, sharesBeginnings: objective.lossSegments == .last,
          plan: plan))
    }
    var loss = RecurrentLoss()
    loss.sampleCount = documents.count
    var numbers = Array(documents.indices)
    var passages = documents.compactMap { $0.passage(0, askedEvery: interval) }
    var index = 0
    while !passages.isEmpty {
      let group = Group(
        passages, documentNumbers: numbers, firstSample: firstSample, sharesBeginnings: true,
        plan: plan)
      let outcome = accumulate(group)
      loss.lossSum += outcome.lossSum
      loss.positionCount += outcome.positionCount
      index += 1
      (numbers, passages) = ([], [])
      for (sample, number) in group.documentNumbers.enumerated() {
        guard group.samples[sample].weight == 0 || isRight[sample] else { continue }
        guard let next = documents[number].passage(index, askedEvery: interval) else {
          loss.correctCount += 1
          continue
        }
        numbers.append(number)
        passages.append(next)
      }
    }
    return loss
  }
}
