import Kernels
import ModelSchema
import TensorStorage

/// What one layer keeps of one pass for its backward pass.
struct EncoderLayerState<Scalar: KernelScalar> {
  let query: UnsafeMutablePointer<Scalar>
  let key: UnsafeMutablePointer<Scalar>
  let value: UnsafeMutablePointer<Scalar>
  let context: UnsafeMutablePointer<Scalar>
  /// log Σ exp of the attention scores, `[heads, rows]`.
  let logSums: UnsafeMutablePointer<Scalar>
  /// Input of the attention's LayerNorm and its output.
  let attended: UnsafeMutablePointer<Scalar>
  let middle: UnsafeMutablePointer<Scalar>
  let attentionStatistics: LayerNormStatistics<Scalar>
  /// Input of the activation, `[rows, intermediate]`; `nil` where there is no way back.
  let preactivation: UnsafeMutablePointer<Scalar>?
  let innerSize: Int
  /// Input of the last LayerNorm and its output, the layer's output.
  let transformed: UnsafeMutablePointer<Scalar>
  let output: UnsafeMutablePointer<Scalar>
  let outputStatistics: LayerNormStatistics<Scalar>

  static func count(_ configuration: EncoderConfiguration, rows: Int, returns: Bool) -> Int {
    let space = Arena<Scalar>.space(for:)
    return 8 * space(rows * configuration.hiddenSize)
      + (returns ? space(rows * configuration.intermediateSize) : 0)
      + space(rows * configuration.headCount) + 4 * space(rows)
  }

  init(_ configuration: EncoderConfiguration, rows: Int, returns: Bool, in arena: Arena<Scalar>) {
    let hidden = rows * configuration.hiddenSize
    query = arena.allocate(hidden)
    key = arena.allocate(hidden)
    value = arena.allocate(hidden)
    context = arena.allocate(hidden)
    attended = arena.allocate(hidden)
    middle = arena.allocate(hidden)
    transformed = arena.allocate(hidden)
    output = arena.allocate(hidden)
    innerSize = configuration.intermediateSize
    preactivation = returns ? arena.allocate(rows * innerSize) : nil
    logSums = arena.allocate(rows * configuration.headCount)
    attentionStatistics = LayerNormStatistics(
      mean: arena.allocate(rows), reciprocalStandardDeviation: arena.allocate(rows))
    outputStatistics = LayerNormStatistics(
      mean: arena.allocate(rows), reciprocalStandardDeviation: arena.allocate(rows))
  }

  /// ``preactivation`` of a state that was planned for the way back.
  var preactivationToReturn: UnsafeMutablePointer<Scalar> {
    guard let preactivation else { preconditionFailure("activations planned for inference") }
    return preactivation
  }
}

/// What the encoder keeps of one pass: every layer's state to train, or two in turn to infer.
package final class EncoderActivations<Scalar: KernelScalar> {
  /// Embeddings before their LayerNorm, `[rows, e]`: the caller writes word embeddings here.
  package let inputs: UnsafeMutablePointer<Scalar>
  /// Where the caller writes memory `[rows, d]`, each row in its place: the inputs themselves, or an
  /// array beside them where memory enters behind the embeddings' projection.
  package let memoryInputs: UnsafeMutablePointer<Scalar>
  /// Embeddings after LayerNorm and dropout, `[rows, e]`.
  let normalized: UnsafeMutablePointer<Scalar>
  /// What the first layer reads, `[rows, d]`: the same, or their projection and the memory.
  package let embedded: UnsafeMutablePointer<Scalar>
  let embeddingStatistics: LayerNormStatistics<Scalar>
  /// Those rows of the last layer's input that it reads for its output, `[query rows, d]`.
  private let readInput: UnsafeMutablePointer<Scalar>
  let layers: [EncoderLayerState<Scalar>]
  private let layerCount: Int
  private let arena: Arena<Scalar>

  /// Plans and reserves the memory of a pass.
  ///
  /// - Parameter keepsEveryLayer: whether a backward pass, or a reader of every layer, is to come.
  package init(
    _ configuration: EncoderConfiguration, capacity: EncoderCapacity, keepsEveryLayer: Bool
  ) {
    let rows = capacity.rowCount
    let stateCount = keepsEveryLayer ? configuration.layerCount : min(2, configuration.layerCount)
    let space = Arena<Scalar>.space(for:)
    let projects = configuration.embeddingSize != nil
    let narrow = rows * configuration.embeddingWidth
    arena = Arena(
      count: 3 * space(rows * configuration.hiddenSize) + (projects ? 2 * space(narrow) : 0)
        + 2 * space(rows) + stateCount
        * EncoderLayerState<Scalar>.count(configuration, rows: rows, returns: keepsEveryLayer))
    memoryInputs = arena.allocate(rows * configuration.hiddenSize)
    embedded = arena.allocate(rows * configuration.hiddenSize)
    inputs = projects ? arena.allocate(narrow) : memoryInputs
    normalized = projects ? arena.allocate(narrow) : embedded
    embeddingStatistics = LayerNormStatistics(
      mean: arena.allocate(rows), reciprocalStandardDeviation: arena.allocate(rows))
    readInput = arena.allocate(rows * configuration.hiddenSize)
    let arena = arena
    layers = (0..<stateCount).map { _ in
      EncoderLayerState(configuration, rows: rows, returns: keepsEveryLayer, in: arena)
    }
    layerCount = configuration.layerCount
  }

  /// The state that layer `index` writes.
  func state(of index: Int) -> EncoderLayerState<Scalar> { layers[index % layers.count] }

  /// The hidden states that layer `index` reads: the embeddings or the layer's before.
  func input(of index: Int) -> UnsafeMutablePointer<Scalar> {
    index == 0 ? embedded : state(of: index - 1).output
  }

  /// Hidden states after layer `index`, `[rows, d]`; overwritten two layers later unless every layer
  /// is kept.
  package func output(of index: Int) -> UnsafeMutablePointer<Scalar> { state(of: index).output }

  /// Hidden states after the last layer, `[query rows, d]`: every row, or those that were read.
  package var output: UnsafeMutablePointer<Scalar> { input(of: layerCount) }

  /// The rows of the last layer's input whose output is read, `[query rows, d]`, copied side by side
  /// where they are not.
  func queryInput(
    queries: SequenceBatch, keys: SequenceBatch, width: Int
  ) -> UnsafeMutablePointer<Scalar> {
    let input = input(of: layerCount - 1)
    // The first rows of a single sequence lie side by side as they are.
    if queries.rowCount == keys.rowCount || keys.count == 1 { return input }
    for sequence in 0..<keys.count {
      let read = queries.rows(of: sequence)
      (readInput + read.lowerBound * width).update(
        from: input + keys.starts[sequence] * width, count: read.count * width)
    }
    return readInput
  }
}
