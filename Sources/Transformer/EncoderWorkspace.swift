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
  /// The threads that share the work of one pass.
  package let team: ThreadTeam
  let capacity: EncoderCapacity
  /// For each thread: packed panels of matrix products.
  let gemm: [UnsafeMutablePointer<Scalar>]
  /// For each thread: attention weights of one head, `[T, T]`.
  let weights: [UnsafeMutablePointer<Scalar>]
  /// For each thread: their gradients, `[T, T]`.
  let weightGradients: [UnsafeMutablePointer<Scalar>]
  /// Inner states of the feed-forward network and their gradients, `[rows, intermediate]`.
  let inner: UnsafeMutablePointer<Scalar>
  let innerGradient: UnsafeMutablePointer<Scalar>
  /// Gradients of query, key, value and of two hidden states, `[rows, d]` each.
  let queryGradient: UnsafeMutablePointer<Scalar>
  let keyGradient: UnsafeMutablePointer<Scalar>
  let valueGradient: UnsafeMutablePointer<Scalar>
  let hiddenGradient: UnsafeMutablePointer<Scalar>
  let residualGradient: UnsafeMutablePointer<Scalar>
  private let arena: Arena<Scalar>

  /// Plans and reserves everything that a pass of up to `capacity` needs, pooler and classifier
  /// included.
  ///
  /// - Parameter trains: whether backward passes are to come.
  package init(
    _ model: ModelDescription, capacity: EncoderCapacity, team: ThreadTeam, trains: Bool
  ) {
    let configuration = model.encoder
    self.team = team
    self.capacity = capacity
    let rows = capacity.rowCount, length = capacity.sequenceLength
    let width = configuration.hiddenSize, inner = configuration.intermediateSize
    let gemmCount = Self.gemmCount(model, capacity: capacity)
    let space = Arena<Scalar>.space(for:)
    let lanes = team.threadCount
    let laneCount = space(gemmCount) + (trains ? 2 : 1) * space(length * length)
    let sharedCount =
      space(rows * inner) * (trains ? 2 : 1) + (trains ? 5 : 0) * space(rows * width)
    let arena = Arena<Scalar>(count: lanes * laneCount + sharedCount)
    gemm = (0..<lanes).map { _ in arena.allocate(gemmCount) }
    weights = (0..<lanes).map { _ in arena.allocate(length * length) }
    weightGradients = trains ? (0..<lanes).map { _ in arena.allocate(length * length) } : []
    self.inner = arena.allocate(rows * inner)
    // Inference never touches the gradients, so they share a piece that it does not need.
    innerGradient = trains ? arena.allocate(rows * inner) : self.inner
    queryGradient = trains ? arena.allocate(rows * width) : self.inner
    keyGradient = trains ? arena.allocate(rows * width) : self.inner
    valueGradient = trains ? arena.allocate(rows * width) : self.inner
    hiddenGradient = trains ? arena.allocate(rows * width) : self.inner
    residualGradient = trains ? arena.allocate(rows * width) : self.inner
    self.arena = arena
  }

  /// Enough for the panels that any product of the model packs.
  private static func gemmCount(_ model: ModelDescription, capacity: EncoderCapacity) -> Int {
    // Every side of every product is one of these, head size and sequence length being smaller
    // ones. Panels grow with each side up to a block's size, so the largest cube bounds them all.
    let largest = max(
      capacity.rowCount, model.encoder.hiddenSize, model.encoder.intermediateSize,
      model.labels.count)
    return Scalar.gemmWorkspaceCount(rows: largest, columns: largest, depth: largest)
  }
}
