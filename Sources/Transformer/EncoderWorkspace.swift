import Kernels
import ModelSchema
import TensorStorage

/// The largest batch an encoder is planned for.
package struct EncoderCapacity: Sendable {
  /// Rows of all sequences together.
  package let rowCount: Int
  /// Rows of one sequence.
  package let sequenceLength: Int

  /// A capacity with both limits given.
  package init(rowCount: Int, sequenceLength: Int) {
    precondition(sequenceLength >= 1 && rowCount >= sequenceLength, "an empty capacity")
    self.rowCount = rowCount
    self.sequenceLength = sequenceLength
  }
}

/// Scratch memory of one pass through the encoder, planned once and lent to every layer.
///
/// One caller uses it at a time; within a call each thread of the team has a lane of its own.
package final class EncoderWorkspace<Scalar: KernelScalar> {
  /// The threads that share the work of one pass, and what they need to multiply matrices.
  package let multiplier: MatrixMultiplier<Scalar>
  let capacity: EncoderCapacity
  /// Whether it was planned for backward passes.
  let trains: Bool
  /// For each thread: what one head's attention or one part of a product needs.
  let lanes: [UnsafeMutablePointer<Scalar>]
  /// Inner states of the feed-forward network and their gradients, `[rows, intermediate]`.
  let inner: UnsafeMutablePointer<Scalar>
  let innerGradient: UnsafeMutablePointer<Scalar>
  /// Gradients of query, key, value and of two hidden states, `[rows, d]` each.
  let queryGradient: UnsafeMutablePointer<Scalar>
  let keyGradient: UnsafeMutablePointer<Scalar>
  let valueGradient: UnsafeMutablePointer<Scalar>
  let branchGradient: UnsafeMutablePointer<Scalar>
  let residualGradient: UnsafeMutablePointer<Scalar>
  /// Gradient at embeddings that are projected, `[rows, e]`; the others' takes the place of the
  /// hidden states'.
  let embeddingGradient: UnsafeMutablePointer<Scalar>
  /// Gradients of a normalisation's gain and bias, by blocks of rows; and those of the embeddings'
  /// normalisation, which may be of another width, in the same place.
  let normPartials: LayerNormPartials<Scalar>
  let embeddingNormPartials: LayerNormPartials<Scalar>
  private let arena: Arena<Scalar>

  /// The threads that share the work of one pass.
  package var team: ThreadTeam { multiplier.team }

  /// Plans and reserves everything that a pass of up to `capacity` needs, pooler and classifier
  /// included.
  ///
  /// - Parameter trains: whether backward passes are to come.
  package init(
    _ model: ModelDescription, capacity: EncoderCapacity, team: ThreadTeam, trains: Bool
  ) {
    let configuration = model.encoder
    self.capacity = capacity
    self.trains = trains
    let rows = capacity.rowCount
    let width = configuration.hiddenSize, inner = configuration.intermediateSize
    let leftCount = Self.leftCount(model, rows: rows, trains: trains)
    let laneCount = max(
      Scalar.gemmWorkspaceCount,
      Scalar.attentionWorkspaceCount(
        keyCount: capacity.sequenceLength, headSize: configuration.headSize, withGradient: trains))
    let embeddingWidth = configuration.embeddingWidth
    let partialCount =
      trains
      ? LayerNormPartials<Scalar>.count(rows: rows, width: max(width, embeddingWidth)) : 0
    let projectedCount = configuration.embeddingSize == nil ? 0 : rows * embeddingWidth
    let space = Arena<Scalar>.space(for:)
    let arena = Arena<Scalar>(
      count: space(leftCount) + team.threadCount * space(laneCount)
        + space(rows * inner) * (trains ? 2 : 1) + (trains ? 5 : 0) * space(rows * width)
        + (trains ? space(projectedCount) : 0) + space(partialCount))
    let left = arena.allocate(leftCount)
    let lanes = (0..<team.threadCount).map { _ in arena.allocate(laneCount) }
    self.lanes = lanes
    multiplier = MatrixMultiplier(team: team, left: left, lanes: lanes)
    let innerStates = arena.allocate(rows * inner)
    self.inner = innerStates
    // Inference never touches the gradients, so they share a piece that it does not need.
    func gradient(_ count: Int) -> UnsafeMutablePointer<Scalar> {
      trains ? arena.allocate(count) : innerStates
    }
    innerGradient = gradient(rows * inner)
    queryGradient = gradient(rows * width)
    keyGradient = gradient(rows * width)
    valueGradient = gradient(rows * width)
    branchGradient = gradient(rows * width)
    residualGradient = gradient(rows * width)
    embeddingGradient = gradient(projectedCount)
    let partials = gradient(partialCount)
    normPartials = LayerNormPartials(sums: partials, width: width)
    embeddingNormPartials = LayerNormPartials(sums: partials, width: embeddingWidth)
    self.arena = arena
  }

  /// Enough for the left side of any product of the model: states, or gradients by their columns.
  private static func leftCount(_ model: ModelDescription, rows: Int, trains: Bool) -> Int {
    let encoder = model.encoder
    let widest = max(
      encoder.hiddenSize, encoder.intermediateSize, encoder.embeddingWidth, model.labels.count)
    let states = MatrixMultiplier<Scalar>.leftCount(rows: rows, depth: widest)
    guard trains else { return states }
    return max(states, MatrixMultiplier<Scalar>.leftCount(rows: widest, depth: rows))
  }
}
