import Kernels
import ModelSchema

extension Encoder {
  /// embedded ← dropout(LayerNorm(inputs + position + token type)), projected where the model does so,
  /// with memory in its rows then; packed as well.
  func embed(
    _ embeddings: ModelParameters<Scalar>.Embeddings, batch: SequenceBatch, dropout: DropoutPlan?,
    activations: EncoderActivations<Scalar>, workspace: EncoderWorkspace<Scalar>
  ) {
    let width = configuration.embeddingWidth, multiplier = workspace.multiplier
    if embeddings.projection != nil {
      // Nobody wrote embeddings into the rows of memory, and what a pass left there must not add up.
      forEachMemory(of: batch, width: width) { first, count in
        (activations.inputs + first).update(repeating: 0, count: count)
      }
    }
    workspace.team.performRanges(of: batch.rowCount, grain: Scalar.sliverRows) { rows, _ in
      let start = rows.lowerBound * width
      for sequence in 0..<batch.count {
        let whole = batch.rows(of: sequence), part = rows.clamped(to: whole)
        let own = part.lowerBound - whole.lowerBound..<part.upperBound - whole.lowerBound
        batch.forEachRun(of: sequence, in: own) { run, position in
          Scalar.add(
            embeddings.position + position * width,
            to: activations.inputs + (whole.lowerBound + run.lowerBound) * width,
            count: run.count * width)
        }
      }
      if let tokenType = embeddings.tokenType {
        Scalar.addBias(
          tokenType, to: activations.inputs + start, rows: rows.count, columns: width)
      }
      embeddings.norm.forward(
        rows, of: activations.inputs, into: activations.normalized,
        statistics: activations.embeddingStatistics)
      dropout?.apply(
        .embeddings, layer: 0, probability: configuration.hiddenDropout,
        to: activations.normalized, columns: width, rows: rows, batch: batch)
      multiplier.packRows(rows, of: activations.normalized, depth: width)
    }
    if let projection = embeddings.projection {
      project(projection, batch: batch, activations: activations, multiplier: multiplier)
    }
  }

  /// embedded ← normalized·W_pᵀ + b_p, then memory in its rows; the multiplier holds the one packed, and
  /// is left holding the other.
  private func project(
    _ projection: Linear<Scalar>, batch: SequenceBatch, activations: EncoderActivations<Scalar>,
    multiplier: MatrixMultiplier<Scalar>
  ) {
    projection.forwardPacked(
      rows: batch.rowCount, into: activations.embedded, multiplier: multiplier)
    let width = configuration.hiddenSize
    forEachMemory(of: batch, width: width) { first, count in
      (activations.embedded + first).update(
        from: activations.memoryInputs + first, count: count)
    }
    multiplier.pack(activations.embedded, rows: batch.rowCount, depth: width)
  }

  /// Runs `body(first, count)` for the numbers that each sequence's memory takes among rows of a width.
  private func forEachMemory(
    of batch: SequenceBatch, width: Int, _ body: (_ first: Int, _ count: Int) -> Void
  ) {
    guard !batch.memoryRows.isEmpty else { return }
    for sequence in 0..<batch.count {
      body(
        (batch.starts[sequence] + batch.memoryRows.lowerBound) * width,
        batch.memoryRows.count * width)
    }
  }

  /// Takes the gradient at the first layer's input to the inputs, and adds to those of the embeddings'
  /// parameters but for the word embeddings.
  func embeddingBackward(
    _ embeddings: ModelParameters<Scalar>.Embeddings,
    gradients: ModelParameters<Scalar>.Embeddings, hiddenGradient: UnsafeMutablePointer<Scalar>,
    batch: SequenceBatch, dropout: DropoutPlan?, activations: EncoderActivations<Scalar>,
    workspace: EncoderWorkspace<Scalar>
  ) -> InputGradients {
    let width = configuration.embeddingWidth, rowCount = batch.rowCount
    var gradient = hiddenGradient
    if let projection = embeddings.projection, let projectionGradient = gradients.projection {
      gradient = workspace.embeddingGradient
      projectionBackward(
        projection, gradient: projectionGradient, hiddenGradient: hiddenGradient, batch: batch,
        into: gradient, activations: activations, workspace: workspace)
    }
    embeddings.norm.performBlocks(rows: rowCount, workspace.team) { rows in
      dropout?.apply(
        .embeddings, layer: 0, probability: configuration.hiddenDropout, to: gradient,
        columns: width, rows: rows, batch: batch)
      embeddings.norm.backward(
        rows, input: activations.inputs, upstream: gradient,
        statistics: activations.embeddingStatistics, into: gradient,
        partials: workspace.embeddingNormPartials)
    }
    workspace.embeddingNormPartials.add(rows: rowCount, to: gradients.norm)
    for sequence in 0..<batch.count {
      let range = batch.rows(of: sequence)
      batch.forEachRun(of: sequence, in: 0..<range.count) { run, position in
        Scalar.add(
          gradient + (range.lowerBound + run.lowerBound) * width,
          to: gradients.position + position * width, count: run.count * width)
      }
    }
    if let tokenType = gradients.tokenType {
      Scalar.addColumnSums(
        of: gradient, rows: rowCount, columns: width, stride: width, to: tokenType)
    }
    return InputGradients(words: gradient, memory: hiddenGradient)
  }

  /// `target` `[rows, e]` ← the gradient before the projection.
  ///
  /// Rows of memory did not come through it: their gradient stays in `hiddenGradient` alone.
  private func projectionBackward(
    _ projection: Linear<Scalar>, gradient: Linear<Scalar>,
    hiddenGradient: UnsafeMutablePointer<Scalar>, batch: SequenceBatch,
    into target: UnsafeMutablePointer<Scalar>, activations: EncoderActivations<Scalar>,
    workspace: EncoderWorkspace<Scalar>
  ) {
    let width = configuration.hiddenSize, rowCount = batch.rowCount
    let upstream = workspace.branchGradient
    upstream.update(from: hiddenGradient, count: rowCount * width)
    forEachMemory(of: batch, width: width) { first, count in
      (upstream + first).update(repeating: 0, count: count)
    }
    projection.addGradient(
      input: activations.normalized, upstream: upstream, rows: rowCount, to: gradient,
      multiplier: workspace.multiplier)
    projection.backward(
      upstream: upstream, rows: rowCount, into: target, multiplier: workspace.multiplier)
  }
}
