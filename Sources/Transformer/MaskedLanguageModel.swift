import Kernels
import ModelSchema
import TensorStorage

/// A sequence with some of its tokens hidden.
package struct MaskedSequence: Sendable, Hashable {
  /// What the model reads, special tokens included.
  package let tokenIDs: [Int32]
  /// The tokens that it should name; their rows are places in the sequence.
  package let hidden: [MaskedToken]

  /// A sequence with both parts given.
  package init(tokenIDs: [Int32], hidden: [MaskedToken]) {
    self.tokenIDs = tokenIDs
    self.hidden = hidden
  }
}

/// An encoder with its masked language modelling head: sequences in, loss and gradients out.
///
/// Sequences lie one after another in a pass; threads share the work of a pass and never a sum, so
/// the bits do not depend on their number.
package final class MaskedLanguageModel<Scalar: KernelScalar> {
  /// What one pass may hold.
  package struct Capacity: Sendable {
    /// Rows of all sequences, and of one.
    package let rows: EncoderCapacity
    /// Hidden tokens of all sequences.
    package let hiddenTokenCount: Int

    /// A capacity with every limit given.
    package init(rows: EncoderCapacity, hiddenTokenCount: Int) {
      self.rows = rows
      self.hiddenTokenCount = hiddenTokenCount
    }
  }

  private let width: Int
  private let embeddingWidth: Int
  private let drops: Bool
  private let encoder: Encoder<Scalar>
  private let workspace: EncoderWorkspace<Scalar>
  private let activations: EncoderActivations<Scalar>
  private let head: MaskedTokenHead<Scalar>
  /// Gradient at the hidden states, `[rows, d]`.
  private let gradient: UnsafeMutablePointer<Scalar>
  private let arena: Arena<Scalar>

  /// Reserves the memory of a pass.
  package init(_ model: ModelDescription, capacity: Capacity, team: ThreadTeam) {
    precondition(model.predictsMaskedTokens, "a model without the head")
    let configuration = model.encoder
    width = configuration.hiddenSize
    embeddingWidth = configuration.embeddingWidth
    drops = max(configuration.hiddenDropout, configuration.attentionDropout) > 0
    encoder = Encoder(configuration)
    workspace = EncoderWorkspace(model, capacity: capacity.rows, team: team, trains: true)
    activations = EncoderActivations(
      configuration, capacity: capacity.rows, keepsEveryLayer: true)
    head = MaskedTokenHead(
      configuration, capacity: max(1, capacity.hiddenTokenCount), workspace: workspace)
    let count = capacity.rows.rowCount * width
    arena = Arena(count: Arena<Scalar>.space(for: count))
    gradient = arena.allocate(count)
  }

  /// Σ of the hidden tokens' losses in nats and how many are named, without dropout.
  package func loss(
    of sequences: ArraySlice<MaskedSequence>, parameters: ModelParameters<Scalar>
  ) -> (lossSum: Double, correctCount: Int) {
    let tokens = hiddenTokens(of: sequences)
    forward(sequences, parameters, dropout: nil)
    return head.loss(
      of: tokens, parameters: head(of: parameters), hidden: activations.output)
  }

  /// The same with dropout, and adds the gradients of `scale`·Σ loss to `gradients`.
  ///
  /// - Parameters:
  ///   - firstSequence: the number of the first sequence within the optimizer step.
  ///   - scale: 1 / hidden tokens of the step, for their mean.
  ///   - dropoutKey: the step's Philox key.
  package func accumulate(
    _ sequences: ArraySlice<MaskedSequence>, firstSequence: Int, scale: Double,
    dropoutKey: SIMD2<UInt32>, parameters: ModelParameters<Scalar>,
    gradients: ModelParameters<Scalar>
  ) -> (lossSum: Double, correctCount: Int) {
    let tokens = hiddenTokens(of: sequences)
    let dropout =
      !drops
      ? nil
      : DropoutPlan(
        key: dropoutKey,
        sequences: sequences.indices.map {
          (0, UInt32(firstSequence + $0 - sequences.startIndex))
        })
    let batch = forward(sequences, parameters, dropout: dropout)
    gradient.update(repeating: 0, count: batch.rowCount * width)
    let outcome = head.accumulate(
      tokens, parameters: head(of: parameters), gradients: head(of: gradients),
      hidden: activations.output, scale: scale, addingTo: gradient)
    let inputs = encoder.backward(
      parameters, gradients: gradients, hiddenGradient: gradient, batch: batch, reading: batch,
      dropout: dropout, activations: activations, workspace: workspace)
    for (sequence, start) in zip(sequences, batch.starts) {
      for (row, id) in sequence.tokenIDs.enumerated() {
        Scalar.add(
          inputs.words + (start + row) * embeddingWidth,
          to: gradients.embeddings.word + Int(id) * embeddingWidth, count: embeddingWidth)
      }
    }
    return outcome
  }

  @discardableResult
  private func forward(
    _ sequences: ArraySlice<MaskedSequence>, _ parameters: ModelParameters<Scalar>,
    dropout: DropoutPlan?
  ) -> SequenceBatch {
    let batch = SequenceBatch(lengths: sequences.map(\.tokenIDs.count))
    precondition(batch.rowCount <= workspace.capacity.rowCount, "more rows than were planned for")
    for (sequence, start) in zip(sequences, batch.starts) {
      for (row, id) in sequence.tokenIDs.enumerated() {
        (activations.inputs + (start + row) * embeddingWidth).update(
          from: parameters.embeddings.word + Int(id) * embeddingWidth, count: embeddingWidth)
      }
    }
    encoder.forward(
      parameters, batch: batch, reading: batch, dropout: dropout, activations: activations,
      workspace: workspace)
    return batch
  }

  /// The hidden tokens of all sequences, by rows of the pass.
  private func hiddenTokens(of sequences: ArraySlice<MaskedSequence>) -> [MaskedToken] {
    var first = 0
    var tokens: [MaskedToken] = []
    for sequence in sequences {
      tokens += sequence.hidden.map { MaskedToken(row: first + $0.row, id: $0.id) }
      first += sequence.tokenIDs.count
    }
    return tokens
  }

  private func head(of parameters: ModelParameters<Scalar>) -> MaskedTokenHead<Scalar>.Parameters {
    guard let head = parameters.maskedTokenHead else {
      preconditionFailure("parameters without the head")
    }
    return head
  }
}
