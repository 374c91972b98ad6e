import Kernels
import ModelSchema
import TensorStorage

/// A hidden token: the row of its hidden state, and the token that should be named there.
package struct MaskedToken: Sendable, Hashable {
  /// The row among those of the batch.
  package let row: Int
  /// The id that was there.
  package let id: Int32

  /// A token with both parts given.
  package init(row: Int, id: Int32) {
    self.row = row
    self.id = id
  }
}

/// BERT's masked language modelling head, with its loss and its way back.
///
///     t = LayerNorm(f(h·Wᵀ + b));   logits = t·Eᵀ + c;   loss = −log softmax(logits)[id]
///
/// W is `[e, d]`, E the table of word embeddings `[V, e]`, c is `[V]`. Only rows whose token is hidden
/// are computed: they are gathered, and their gradients scattered.
///
/// Source: Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", NAACL 2019, §3.1.
package final class MaskedTokenHead<Scalar: KernelScalar> {
  /// The head's parameters, or their gradients.
  package struct Parameters {
    package var transform: Linear<Scalar>
    package var norm: LayerNorm<Scalar>
    /// Its weight is the table of word embeddings.
    package var decoder: Linear<Scalar>
  }

  /// Hidden tokens that one pass may have.
  package let capacity: Int
  private let width: Int
  private let embeddingWidth: Int
  private let vocabularySize: Int
  private let activation: ActivationFunction
  private let multiplier: MatrixMultiplier<Scalar>
  /// Hidden states `[capacity, d]`; before and behind f, behind the LayerNorm, and gradients at the last
  /// two: `[capacity, e]`.
  private let hidden: UnsafeMutablePointer<Scalar>
  private let preactivation: UnsafeMutablePointer<Scalar>
  private let activated: UnsafeMutablePointer<Scalar>
  private let transformed: UnsafeMutablePointer<Scalar>
  private let transformedGradient: UnsafeMutablePointer<Scalar>
  private let statistics: LayerNormStatistics<Scalar>
  private let partials: LayerNormPartials<Scalar>
  /// Logits, then their gradients, `[capacity, V]`.
  private let logits: UnsafeMutablePointer<Scalar>
  /// Each token's loss, and 1 for one that is named, else 0; added in the order of the tokens.
  private let losses: UnsafeMutablePointer<Double>
  private let wins: UnsafeMutablePointer<Double>
  private let arena: Arena<Scalar>
  private let outcomes: Arena<Double>

  /// Plans and reserves what a pass needs.
  ///
  /// - Parameter workspace: whose threads and lanes are used, while nothing else uses them.
  package init(
    _ configuration: EncoderConfiguration, capacity: Int, workspace: EncoderWorkspace<Scalar>
  ) {
    precondition(capacity >= 1, "no room for a hidden token")
    self.capacity = capacity
    width = configuration.hiddenSize
    vocabularySize = configuration.vocabularySize
    activation = ActivationFunction(configuration.activation)
    embeddingWidth = configuration.embeddingWidth
    let states = capacity * width, embedded = capacity * embeddingWidth
    let scores = capacity * vocabularySize
    let widest = max(width, embeddingWidth, vocabularySize)
    let leftCount = max(
      MatrixMultiplier<Scalar>.leftCount(rows: capacity, depth: widest),
      MatrixMultiplier<Scalar>.leftCount(rows: widest, depth: capacity))
    let partialCount = LayerNormPartials<Scalar>.count(
      rows: capacity, width: embeddingWidth)
    let space = Arena<Scalar>.space(for:)
    arena = Arena(
      count: space(states) + 4 * space(embedded) + 2 * space(capacity) + space(partialCount)
        + space(scores)
        + space(leftCount))
    hidden = arena.allocate(states)
    preactivation = arena.allocate(embedded)
    activated = arena.allocate(embedded)
    transformed = arena.allocate(embedded)
    transformedGradient = arena.allocate(embedded)
    statistics = LayerNormStatistics(
      mean: arena.allocate(capacity), reciprocalStandardDeviation: arena.allocate(capacity))
    partials = LayerNormPartials(sums: arena.allocate(partialCount), width: embeddingWidth)
    logits = arena.allocate(scores)
    multiplier = MatrixMultiplier(
      team: workspace.team, left: arena.allocate(leftCount), lanes: workspace.lanes)
    outcomes = Arena(count: 2 * Arena<Double>.space(for: capacity))
    losses = outcomes.allocate(capacity)
    wins = outcomes.allocate(capacity)
  }

  /// Σ of the hidden tokens' losses in nats, and how many of them the head names.
  package func loss(
    of tokens: [MaskedToken], parameters: Parameters, hidden states: UnsafePointer<Scalar>
  ) -> (lossSum: Double, correctCount: Int) {
    forward(tokens, parameters, states)
    return score(tokens, scale: 1)
  }

  /// The same, and adds the gradients of `scale`·Σ loss to those of the parameters and at the hidden
  /// states.
  package func accumulate(
    _ tokens: [MaskedToken], parameters: Parameters, gradients: Parameters,
    hidden states: UnsafePointer<Scalar>, scale: Double,
    addingTo hiddenGradient: UnsafeMutablePointer<Scalar>
  ) -> (lossSum: Double, correctCount: Int) {
    forward(tokens, parameters, states)
    let outcome = score(tokens, scale: scale)
    let count = tokens.count, gradient = transformedGradient
    parameters.decoder.addGradient(
      input: transformed, upstream: logits, rows: count, to: gradients.decoder,
      multiplier: multiplier)
    parameters.decoder.backward(
      upstream: logits, rows: count, into: gradient, multiplier: multiplier)
    parameters.norm.performBlocks(rows: count, multiplier.team) { rows in
      parameters.norm.backward(
        rows, input: activated, upstream: gradient, statistics: statistics, into: gradient,
        partials: partials)
      let start = rows.lowerBound * embeddingWidth
      Scalar.activationGradient(
        activation, at: preactivation + start, upstream: gradient + start, into: gradient + start,
        count: rows.count * embeddingWidth)
    }
    partials.add(rows: count, to: gradients.norm)
    parameters.transform.addGradient(
      input: hidden, upstream: gradient, rows: count, to: gradients.transform,
      multiplier: multiplier)
    // The hidden states were read for the last time.
    parameters.transform.backward(
      upstream: gradient, rows: count, into: hidden, multiplier: multiplier)
    for (index, token) in tokens.enumerated() {
      Scalar.add(hidden + index * width, to: hiddenGradient + token.row * width, count: width)
    }
    return outcome
  }

  /// Leaves the logits of every hidden token.
  private func forward(
    _ tokens: [MaskedToken], _ parameters: Parameters, _ states: UnsafePointer<Scalar>
  ) {
    precondition(tokens.count <= capacity, "more hidden tokens than were planned for")
    for (index, token) in tokens.enumerated() {
      (hidden + index * width).update(from: states + token.row * width, count: width)
    }
    multiplier.pack(hidden, rows: tokens.count, depth: width)
    parameters.transform.forwardPacked(
      rows: tokens.count, epilogue: Epilogue(preactivation: preactivation, activation: activation),
      into: activated, multiplier: multiplier)
    multiplier.team.performRanges(of: tokens.count, grain: Scalar.sliverRows) { rows, _ in
      parameters.norm.forward(rows, of: activated, into: transformed, statistics: statistics)
      multiplier.packRows(rows, of: transformed, depth: embeddingWidth)
    }
    parameters.decoder.forwardPacked(rows: tokens.count, into: logits, multiplier: multiplier)
  }

  /// Turns logits into their gradients, `scale`·(softmax − one-hot).
  private func score(
    _ tokens: [MaskedToken], scale: Double
  ) -> (lossSum: Double, correctCount: Int) {
    let logits = logits, losses = losses, wins = wins, count = vocabularySize
    multiplier.team.perform(partCount: tokens.count) { index, _ in
      let row = logits + index * count, id = Int(tokens[index].id)
      let score = row[id]
      let (logSum, largest) = Scalar.softmax(row, count: count, scale: Scalar(scale))
      losses[index] = logSum - Double(score)
      wins[index] = score >= largest ? 1 : 0
      row[id] -= Scalar(scale)
    }
    var sum = (lossSum: 0.0, correctCount: 0)
    for index in tokens.indices {
      sum.lossSum += losses[index]
      sum.correctCount += Int(wins[index])
    }
    return sum
  }
}
