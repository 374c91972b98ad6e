import Kernels
import ModelSchema

/// BERT's encoder: embeddings, then a stack of layers, over a batch of unpadded sequences.
///
/// Source: Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", NAACL 2019.
package struct Encoder<Scalar: KernelScalar> {
  /// The encoder's hyper-parameters.
  package let configuration: BERTConfiguration
  private let layers: [EncoderLayer<Scalar>]

  /// The encoder of a configuration; parameters come with each call.
  package init(_ configuration: BERTConfiguration) {
    self.configuration = configuration
    layers = (0..<configuration.layerCount).map { EncoderLayer(configuration, index: $0) }
  }

  /// Computes activations.output from the word embeddings, or whatever stands in their place, that
  /// the caller wrote to activations.inputs `[rows, d]`.
  ///
  /// Each row gets the position embedding of its place in its sequence and token-type row 0, then
  /// LayerNorm and dropout. Without `dropout` the pass is that of inference.
  package func forward(
    _ parameters: ModelParameters<Scalar>, batch: SequenceBatch, dropout: DropoutPlan?,
    activations: EncoderActivations<Scalar>, workspace: EncoderWorkspace<Scalar>
  ) {
    check(batch, workspace)
    let width = configuration.hiddenSize, rows = batch.rowCount
    for sequence in 0..<batch.count {
      let range = batch.rows(of: sequence)
      Scalar.add(
        parameters.embeddings.position, to: activations.inputs + range.lowerBound * width,
        count: range.count * width)
    }
    Scalar.addBias(
      parameters.embeddings.tokenType, to: activations.inputs, rows: rows, columns: width)
    parameters.embeddings.norm.forward(
      activations.inputs, rows: rows, into: activations.embedded,
      statistics: activations.embeddingStatistics)
    dropout?.apply(
      .embeddings, layer: 0, probability: configuration.hiddenDropout, to: activations.embedded,
      columns: width, batch: batch)
    for (index, layer) in layers.enumerated() {
      layer.forward(
        parameters.layers[index], input: activations.input(of: index), batch: batch,
        dropout: dropout, state: activations.state(of: index), workspace: workspace)
    }
  }

  /// Replaces `hiddenGradient` `[rows, d]`, the gradient at the output, by the gradient at the inputs
  /// that the caller wrote; adds to the parameters' gradients.
  ///
  /// Batch, dropout and activations are those of the forward pass.
  package func backward(
    _ parameters: ModelParameters<Scalar>, gradients: ModelParameters<Scalar>,
    hiddenGradient: UnsafeMutablePointer<Scalar>, batch: SequenceBatch, dropout: DropoutPlan?,
    activations: EncoderActivations<Scalar>, workspace: EncoderWorkspace<Scalar>
  ) {
    check(batch, workspace)
    let width = configuration.hiddenSize, rows = batch.rowCount
    for (index, layer) in layers.enumerated().reversed() {
      layer.backward(
        parameters.layers[index], gradients: gradients.layers[index],
        input: activations.input(of: index), hiddenGradient: hiddenGradient, batch: batch,
        dropout: dropout, state: activations.state(of: index), workspace: workspace)
    }
    dropout?.apply(
      .embeddings, layer: 0, probability: configuration.hiddenDropout, to: hiddenGradient,
      columns: width, batch: batch)
    parameters.embeddings.norm.backward(
      input: activations.inputs, upstream: hiddenGradient, rows: rows,
      statistics: activations.embeddingStatistics, gradient: gradients.embeddings.norm,
      into: hiddenGradient)
    for sequence in 0..<batch.count {
      let range = batch.rows(of: sequence)
      Scalar.add(
        hiddenGradient + range.lowerBound * width, to: gradients.embeddings.position,
        count: range.count * width)
    }
    Scalar.addColumnSums(
      of: hiddenGradient, rows: rows, columns: width, to: gradients.embeddings.tokenType)
  }

  private func check(_ batch: SequenceBatch, _ workspace: EncoderWorkspace<Scalar>) {
    precondition(
      batch.rowCount <= workspace.capacity.rowCount
        && batch.longestLength <= workspace.capacity.sequenceLength
        && batch.longestLength <= configuration.maximumPositions,
      "the batch is larger than the workspace was planned for")
  }
}
