import Kernels

extension EncoderLayer {
  /// Replaces `hiddenGradient`, the gradient at the output `[query rows, d]`, by the gradient at the
  /// input `[rows, d]`; adds to the parameters' gradients.
  ///
  /// Input, pass and state are those of the forward pass.
  func backward(
    _ parameters: Parameters, gradients: Parameters, input: UnsafePointer<Scalar>,
    queryInput: UnsafePointer<Scalar>, hiddenGradient: UnsafeMutablePointer<Scalar>, pass: Pass,
    state: EncoderLayerState<Scalar>, workspace: EncoderWorkspace<Scalar>
  ) {
    let queryRows = pass.queries.rowCount, multiplier = workspace.multiplier
    let residual = workspace.residualGradient

    // Feed-forward network: residual ← gradient at z + y; branch ← the same through dropout.
    var branch = normBackward(
      parameters.outputNorm, gradient: gradients.outputNorm, input: state.transformed,
      upstream: hiddenGradient, statistics: state.outputStatistics, into: residual,
      site: .feedForwardOutput, pass: pass, workspace: workspace)
    activateAgain(state, rows: queryRows, workspace)
    parameters.output.addGradient(
      input: workspace.inner, upstream: branch, rows: queryRows, to: gradients.output,
      multiplier: multiplier)
    parameters.output.backward(
      upstream: branch, rows: queryRows, into: workspace.innerGradient, multiplier: multiplier)
    activationBackward(state, rows: queryRows, workspace)
    parameters.intermediate.addGradient(
      input: state.middle, upstream: workspace.innerGradient, rows: queryRows,
      to: gradients.intermediate, multiplier: multiplier)
    parameters.intermediate.backward(
      upstream: workspace.innerGradient, rows: queryRows, into: residual, accumulate: true,
      multiplier: multiplier)

    // Attention: residual is now the gradient at y; hiddenGradient becomes that at a + x.
    branch = normBackward(
      parameters.attentionNorm, gradient: gradients.attentionNorm, input: state.attended,
      upstream: residual, statistics: state.attentionStatistics, into: hiddenGradient,
      site: .attentionOutput, pass: pass, workspace: workspace)
    parameters.attentionOutput.addGradient(
      input: state.context, upstream: branch, rows: queryRows, to: gradients.attentionOutput,
      multiplier: multiplier)
    parameters.attentionOutput.backward(
      upstream: branch, rows: queryRows, into: residual, multiplier: multiplier)
    attention.backward(
      query: state.query, key: state.key, value: state.value, context: state.context,
      logSums: state.logSums, upstream: residual, pass: pass,
      queryGradient: workspace.queryGradient, keyGradient: workspace.keyGradient,
      valueGradient: workspace.valueGradient, workspace: workspace)
    projectionsBackward(
      parameters, gradients: gradients, input: input, queryInput: queryInput,
      hiddenGradient: hiddenGradient, pass: pass, workspace: workspace)
  }

  /// `target` ← the gradient before a normalisation.
  ///
  /// - Returns: the gradient at the branch, which is `target` where dropout does not change it.
  private func normBackward(
    _ norm: LayerNorm<Scalar>, gradient: LayerNorm<Scalar>, input: UnsafePointer<Scalar>,
    upstream: UnsafePointer<Scalar>, statistics: LayerNormStatistics<Scalar>,
    into target: UnsafeMutablePointer<Scalar>, site: DropoutPlan.Site, pass: Pass,
    workspace: EncoderWorkspace<Scalar>
  ) -> UnsafeMutablePointer<Scalar> {
    let rowCount = pass.queries.rowCount, width = norm.width
    let drops = pass.dropout != nil && hiddenDropout > 0
    let branch = drops ? workspace.branchGradient : target
    norm.performBlocks(rows: rowCount, workspace.team) { rows in
      norm.backward(
        rows, input: input, upstream: upstream, statistics: statistics, into: target,
        partials: workspace.normPartials)
      guard drops else { return }
      let start = rows.lowerBound * width
      (branch + start).update(from: target + start, count: rows.count * width)
      pass.dropout?.apply(
        site, layer: index, probability: hiddenDropout, to: branch, columns: width, rows: rows,
        batch: pass.queries)
    }
    workspace.normPartials.add(rows: rowCount, to: gradient)
    return branch
  }

  /// inner ← f(preactivation), which is cheaper to compute again than to keep.
  private func activateAgain(
    _ state: EncoderLayerState<Scalar>, rows: Int, _ workspace: EncoderWorkspace<Scalar>
  ) {
    let preactivation = state.preactivationToReturn
    workspace.team.performRanges(of: rows * state.innerSize, grain: 1024) { range, _ in
      Scalar.activate(
        activation, preactivation + range.lowerBound,
        into: workspace.inner + range.lowerBound, count: range.count)
    }
  }

  /// innerGradient ← f′(preactivation)·innerGradient.
  private func activationBackward(
    _ state: EncoderLayerState<Scalar>, rows: Int, _ workspace: EncoderWorkspace<Scalar>
  ) {
    let gradient = workspace.innerGradient, preactivation = state.preactivationToReturn
    workspace.team.performRanges(of: rows * state.innerSize, grain: 1024) { range, _ in
      Scalar.activationGradient(
        activation, at: preactivation + range.lowerBound, upstream: gradient + range.lowerBound,
        into: gradient + range.lowerBound, count: range.count)
    }
  }

  /// Takes the gradients at query, key and value to the input, and adds the residual's share, which
  /// comes in `hiddenGradient` `[query rows, d]`.
  private func projectionsBackward(
    _ parameters: Parameters, gradients: Parameters, input: UnsafePointer<Scalar>,
    queryInput: UnsafePointer<Scalar>, hiddenGradient: UnsafeMutablePointer<Scalar>, pass: Pass,
    workspace: EncoderWorkspace<Scalar>
  ) {
    let rows = pass.keys.rowCount, queryRows = pass.queries.rowCount
    let width = parameters.query.inputSize, multiplier = workspace.multiplier
    parameters.query.addGradient(
      input: queryInput, upstream: workspace.queryGradient, rows: queryRows, to: gradients.query,
      multiplier: multiplier)
    parameters.query.backward(
      upstream: workspace.queryGradient, rows: queryRows, into: hiddenGradient, accumulate: true,
      multiplier: multiplier)
    let readsInPart = queryRows < rows
    if readsInPart {
      workspace.branchGradient.update(from: hiddenGradient, count: queryRows * width)
    }
    parameters.key.addGradient(
      input: input, upstream: workspace.keyGradient, rows: rows, to: gradients.key,
      multiplier: multiplier)
    parameters.key.backward(
      upstream: workspace.keyGradient, rows: rows, into: hiddenGradient,
      accumulate: !readsInPart, multiplier: multiplier)
    parameters.value.addGradient(
      input: input, upstream: workspace.valueGradient, rows: rows, to: gradients.value,
      multiplier: multiplier)
    parameters.value.backward(
      upstream: workspace.valueGradient, rows: rows, into: hiddenGradient, accumulate: true,
      multiplier: multiplier)
    guard readsInPart else { return }
    for sequence in 0..<pass.keys.count {
      let read = pass.queries.rows(of: sequence)
      Scalar.add(
        workspace.branchGradient + read.lowerBound * width,
        to: hiddenGradient + pass.keys.starts[sequence] * width, count: read.count * width)
    }
  }
}
