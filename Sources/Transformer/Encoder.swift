import Kernels
import ModelSchema

/// BERT's encoder and its relatives': embeddings, then a stack of layers, over a batch of unpadded
/// sequences.
///
///     n = dropout(LayerNorm(word + position + token type));   x₀ = n, or n·W_pᵀ + b_p
///     xᵢ₊₁ = layer with the parameters of i's group (xᵢ)
///
/// A memory enters as if its rows were word embeddings; where embeddings are projected it has the
/// width of hidden states already and takes the place of x₀ in its rows.
///
/// Source: Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", NAACL 2019; for
/// projection and shared layers Lan et al., "ALBERT", ICLR 2020.
package struct Encoder<Scalar: KernelScalar> {
  /// The encoder's hyper-parameters.
  package let configuration: EncoderConfiguration
  private let layers: [EncoderLayer<Scalar>]

  /// The encoder of a configuration; parameters come with each call.
  package init(_ configuration: EncoderConfiguration) {
    self.configuration = configuration
    layers = (0..<configuration.layerCount).map { EncoderLayer(configuration, index: $0) }
  }

  /// Computes activations.output from the word embeddings that the caller wrote to activations.inputs
  /// `[rows, e]` and the memory that it wrote to activations.memoryInputs, in the batch's memory rows.
  ///
  /// Each row gets the position embedding of its place in its sequence and token-type row 0, then
  /// LayerNorm and dropout. Without `dropout` the pass is that of inference.
  ///
  /// - Parameter reading: the rows of each sequence whose output is read, ``SequenceBatch/leading(_:)``
  ///   of the batch or the batch itself; the last layer computes no other.
  package func forward(
    _ parameters: ModelParameters<Scalar>, batch: SequenceBatch, reading: SequenceBatch,
    dropout: DropoutPlan?, activations: EncoderActivations<Scalar>,
    workspace: EncoderWorkspace<Scalar>
  ) {
    check(batch, workspace)
    embed(
      parameters.embeddings, batch: batch, dropout: dropout, activations: activations,
      workspace: workspace)
    for index in layers.indices {
      forward(
        layer: index, parameters, batch: batch, reading: reading, dropout: dropout,
        activations: activations, workspace: workspace)
    }
  }

  /// Computes the last layer once more, for every row; the pass before has read some of them.
  package func readAllRows(
    _ parameters: ModelParameters<Scalar>, batch: SequenceBatch,
    activations: EncoderActivations<Scalar>, workspace: EncoderWorkspace<Scalar>
  ) {
    let last = layers.count - 1
    workspace.multiplier.pack(
      activations.input(of: last), rows: batch.rowCount, depth: configuration.hiddenSize)
    forward(
      layer: last, parameters, batch: batch, reading: batch, dropout: nil,
      activations: activations, workspace: workspace)
  }

  /// The gradients at what the caller of a forward pass wrote.
  package struct InputGradients {
    /// At the word embeddings, `[rows, e]`; rows of memory hold nothing of use where embeddings are
    /// projected.
    package let words: UnsafeMutablePointer<Scalar>
    /// At the memory, `[rows, d]`, in the rows of memory.
    package let memory: UnsafeMutablePointer<Scalar>
  }

  /// Takes `hiddenGradient`, the gradient at the output `[query rows, d]`, back to the inputs, and adds
  /// to the parameters' gradients: layers that share parameters add to the same ones.
  ///
  /// Batch, rows that are read, dropout and activations are those of the forward pass.
  ///
  /// - Parameter hiddenGradient: `[rows, d]`, overwritten; what is returned lies in it, or in the
  ///   workspace until its next pass.
  @discardableResult
  package func backward(
    _ parameters: ModelParameters<Scalar>, gradients: ModelParameters<Scalar>,
    hiddenGradient: UnsafeMutablePointer<Scalar>, batch: SequenceBatch, reading: SequenceBatch,
    dropout: DropoutPlan?, activations: EncoderActivations<Scalar>,
    workspace: EncoderWorkspace<Scalar>
  ) -> InputGradients {
    check(batch, workspace)
    precondition(workspace.trains, "a workspace that was planned for inference")
    let width = configuration.hiddenSize
    for index in stride(from: layers.count - 1, through: 0, by: -1) {
      let pass = pass(index, batch: batch, reading: reading, dropout: dropout)
      let input = activations.input(of: index), group = configuration.layerGroup(of: index)
      layers[index].backward(
        parameters.layers[group], gradients: gradients.layers[group], input: input,
        queryInput: pass.queries.rowCount == batch.rowCount
          ? input : activations.queryInput(queries: reading, keys: batch, width: width),
        hiddenGradient: hiddenGradient, pass: pass, state: activations.state(of: index),
        workspace: workspace)
    }
    return embeddingBackward(
      parameters.embeddings, gradients: gradients.embeddings, hiddenGradient: hiddenGradient,
      batch: batch, dropout: dropout, activations: activations, workspace: workspace)
  }

  private func pass(
    _ index: Int, batch: SequenceBatch, reading: SequenceBatch, dropout: DropoutPlan?
  ) -> EncoderLayer<Scalar>.Pass {
    EncoderLayer<Scalar>.Pass(
      queries: index == layers.count - 1 ? reading : batch, keys: batch, layer: index,
      dropout: dropout)
  }

  private func forward(
    layer index: Int, _ parameters: ModelParameters<Scalar>, batch: SequenceBatch,
    reading: SequenceBatch, dropout: DropoutPlan?, activations: EncoderActivations<Scalar>,
    workspace: EncoderWorkspace<Scalar>
  ) {
    let pass = pass(index, batch: batch, reading: reading, dropout: dropout)
    let input = activations.input(of: index)
    layers[index].forward(
      parameters.layers[configuration.layerGroup(of: index)], input: input,
      queryInput: pass.queries.rowCount == batch.rowCount
        ? input
        : activations.queryInput(
          queries: reading, keys: batch, width: configuration.hiddenSize),
      pass: pass, state: activations.state(of: index), workspace: workspace)
  }

  private func check(_ batch: SequenceBatch, _ workspace: EncoderWorkspace<Scalar>) {
    precondition(
      batch.rowCount <= workspace.capacity.rowCount
        && batch.longestLength <= workspace.capacity.sequenceLength
        && batch.longestLength <= configuration.maximumPositions,
      "the batch is larger than the workspace was planned for")
  }
}
