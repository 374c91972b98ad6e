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

  /// Replaces `hiddenGradient`, the gradient at the output `[query rows, d]`, by the gradient at the
  /// inputs that the caller wrote `[rows, d]`; adds to the parameters' gradients.
  ///
  /// Batch, rows that are read, dropout and activations are those of the forward pass.
  package func backward(
    _ parameters: ModelParameters<Scalar>, gradients: ModelParameters<Scalar>,
    hiddenGradient: UnsafeMutablePointer<Scalar>, batch: SequenceBatch, reading: SequenceBatch,
    dropout: DropoutPlan?, activations: EncoderActivations<Scalar>,
    workspace: EncoderWorkspace<Scalar>
  ) {
    check(batch, workspace)
    precondition(workspace.trains, "a workspace that was planned for inference")
    let width = configuration.hiddenSize
    for index in stride(from: layers.count - 1, through: 0, by: -1) {
      let pass = pass(index, batch: batch, reading: reading, dropout: dropout)
      let input = activations.input(of: index)
      layers[index].backward(
        parameters.layers[index], gradients: gradients.layers[index], input: input,
        queryInput: pass.queries.rowCount == batch.rowCount
          ? input : activations.queryInput(queries: reading, keys: batch, width: width),
        hiddenGradient: hiddenGradient, pass: pass, state: activations.state(of: index),
        workspace: workspace)
    }
    embeddingBackward(
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
      parameters.layers[index], input: input,
      queryInput: pass.queries.rowCount == batch.rowCount
        ? input
        : activations.queryInput(
          queries: reading, keys: batch, width: configuration.hiddenSize),
      pass: pass, state: activations.state(of: index), workspace: workspace)
  }

  /// embedded ← dropout(LayerNorm(inputs + position + token type)), packed as well.
  private func embed(
    _ embeddings: ModelParameters<Scalar>.Embeddings, batch: SequenceBatch, dropout: DropoutPlan?,
    activations: EncoderActivations<Scalar>, workspace: EncoderWorkspace<Scalar>
  ) {
    let width = configuration.hiddenSize, multiplier = workspace.multiplier
    workspace.team.performRanges(of: batch.rowCount, grain: Scalar.sliverRows) { rows, _ in
      let start = rows.lowerBound * width
      for sequence in 0..<batch.count {
        let whole = batch.rows(of: sequence), part = rows.clamped(to: whole)
        Scalar.add(
          embeddings.position + (part.lowerBound - whole.lowerBound) * width,
          to: activations.inputs + part.lowerBound * width, count: part.count * width)
      }
      Scalar.addBias(
        embeddings.tokenType, to: activations.inputs + start, rows: rows.count, columns: width)
      embeddings.norm.forward(
        rows, of: activations.inputs, into: activations.embedded,
        statistics: activations.embeddingStatistics)
      dropout?.apply(
        .embeddings, layer: 0, probability: configuration.hiddenDropout, to: activations.embedded,
        columns: width, rows: rows, batch: batch)
      multiplier.packRows(rows, of: activations.embedded, depth: width)
    }
  }

  private func embeddingBackward(
    _ embeddings: ModelParameters<Scalar>.Embeddings,
    gradients: ModelParameters<Scalar>.Embeddings, hiddenGradient: UnsafeMutablePointer<Scalar>,
    batch: SequenceBatch, dropout: DropoutPlan?, activations: EncoderActivations<Scalar>,
    workspace: EncoderWorkspace<Scalar>
  ) {
    let width = configuration.hiddenSize, rowCount = batch.rowCount
    embeddings.norm.performBlocks(rows: rowCount, workspace.team) { rows in
      dropout?.apply(
        .embeddings, layer: 0, probability: configuration.hiddenDropout, to: hiddenGradient,
        columns: width, rows: rows, batch: batch)
      embeddings.norm.backward(
        rows, input: activations.inputs, upstream: hiddenGradient,
        statistics: activations.embeddingStatistics, into: hiddenGradient,
        partials: workspace.normPartials)
    }
    workspace.normPartials.add(rows: rowCount, to: gradients.norm)
    for sequence in 0..<batch.count {
      let range = batch.rows(of: sequence)
      Scalar.add(
        hiddenGradient + range.lowerBound * width, to: gradients.position,
        count: range.count * width)
    }
    Scalar.addColumnSums(
      of: hiddenGradient, rows: rowCount, columns: width, stride: width, to: gradients.tokenType)
  }

  private func check(_ batch: SequenceBatch, _ workspace: EncoderWorkspace<Scalar>) {
    precondition(
      batch.rowCount <= workspace.capacity.rowCount
        && batch.longestLength <= workspace.capacity.sequenceLength
        && batch.longestLength <= configuration.maximumPositions,
      "the batch is larger than the workspace was planned for")
  }
}
