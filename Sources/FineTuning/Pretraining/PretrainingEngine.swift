import Kernels
import ModelSchema
import Transformer

/// Masked language modelling as training and measuring see it: sequences in, loss and gradients out.
final class PretrainingEngine {
  /// What came out of some sequences.
  struct Outcome {
    /// Σ of the hidden tokens' losses in nats.
    var lossSum = 0.0
    /// Hidden tokens.
    var hiddenCount = 0
    /// Hidden tokens that were named.
    var correctCount = 0

    /// Loss a hidden token.
    var meanLoss: Double { lossSum / Double(max(1, hiddenCount)) }
    /// Share of the hidden tokens that were named.
    var accuracy: Double { Double(correctCount) / Double(max(1, hiddenCount)) }
  }

  /// Rows of a pass, unless a sequence alone has more: enough for matrix products to run at full
  /// speed, few enough for their activations to stay small.
  private static let rowCount = 512

  /// The threads that compute.
  let team: ThreadTeam
  private let parameters: ParameterStore<Float>
  private let language: MaskedLanguageModel<Float>
  private let capacity: MaskedLanguageModel<Float>.Capacity
  private let seed: UInt64

  /// Reserves memory for passes over a model with the head.
  ///
  /// - Parameters:
  ///   - positions: of the longest sequence.
  ///   - maskedShare: the share of its tokens that is hidden.
  init(
    model: ModelDescription, parameters: ParameterStore<Float>, positions: Int,
    maskedShare: Double, threadCount: Int, seed: UInt64
  ) {
    let rowCount = max(positions, Self.rowCount)
    capacity = MaskedLanguageModel<Float>.Capacity(
      rows: EncoderCapacity(rowCount: rowCount, sequenceLength: positions),
      hiddenTokenCount: TokenMasking.hiddenCount(of: rowCount, share: maskedShare))
    team = ThreadTeam(threadCount: threadCount)
    language = MaskedLanguageModel(model, capacity: capacity, team: team)
    self.parameters = parameters
    self.seed = seed
  }

  /// Adds the gradients of the mean loss of all hidden tokens to `gradients`.
  ///
  /// - Parameters:
  ///   - runStep: the optimizer step, which with the seed decides the dropout masks.
  ///   - poll: called before each pass; what it throws ends the step.
  func addGradients(
    of sequences: [MaskedSequence], runStep: Int, to gradients: ParameterStore<Float>,
    poll: () throws -> Void
  ) rethrows -> Outcome {
    let key = SamplePurpose.dropout.generator(seed: seed, split: .training, step: runStep).key
    let hiddenCount = sequences.reduce(0) { $0 + $1.hidden.count }
    return try passes(over: sequences, poll: poll) { group in
      language.accumulate(
        group, firstSequence: group.startIndex, scale: 1 / Double(max(1, hiddenCount)),
        dropoutKey: key, parameters: parameters.parameters, gradients: gradients.parameters)
    }
  }

  /// Measures sequences without dropout.
  ///
  /// - Parameter progress: told the sequences done, before each pass and at the end; what it throws
  ///   ends the measurement.
  func evaluate(
    _ sequences: [MaskedSequence], progress: (_ doneCount: Int) throws -> Void
  ) rethrows -> Outcome {
    var doneCount = 0
    let outcome = try passes(over: sequences, poll: { try progress(doneCount) }) { group in
      doneCount += group.count
      return language.loss(of: group, parameters: parameters.parameters)
    }
    try progress(doneCount)
    return outcome
  }

  private func passes(
    over sequences: [MaskedSequence], poll: () throws -> Void,
    _ pass: (ArraySlice<MaskedSequence>) -> (lossSum: Double, correctCount: Int)
  ) rethrows -> Outcome {
    var outcome = Outcome()
    var start = 0
    while start < sequences.count {
      try poll()
      let group = sequences[start..<end(ofGroupFrom: start, in: sequences)]
      let result = pass(group)
      outcome.lossSum += result.lossSum
      outcome.correctCount += result.correctCount
      outcome.hiddenCount += group.reduce(0) { $0 + $1.hidden.count }
      start = group.endIndex
    }
    return outcome
  }

  /// As many sequences as a pass has room for, at least one.
  private func end(ofGroupFrom start: Int, in sequences: [MaskedSequence]) -> Int {
    var end = start, rows = 0, hidden = 0
    while end < sequences.count {
      rows += sequences[end].tokenIDs.count
      hidden += sequences[end].hidden.count
      guard rows <= capacity.rows.rowCount, hidden <= capacity.hiddenTokenCount else { break }
      end += 1
    }
    return max(end, start + 1)
  }
}
