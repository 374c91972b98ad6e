import Kernels
import ModelSchema

/// One encoder layer: self-attention and a feed-forward network, each followed by dropout, the
/// residual connection and LayerNorm.
///
///     a = dropout(attention(x)·W_oᵀ + b_o);   y = LayerNorm(a + x)
///     z = dropout(f(y·W_iᵀ + b_i)·W_fᵀ + b_f); output = LayerNorm(z + y)
struct EncoderLayer<Scalar: KernelScalar> {
  typealias Parameters = ModelParameters<Scalar>.Layer

  let index: Int
  let attention: SelfAttention<Scalar>
  let activation: ActivationFunction
  let hiddenDropout: Double

  init(_ configuration: BERTConfiguration, index: Int) {
    self.index = index
    attention = SelfAttention(
      headCount: configuration.headCount, headSize: configuration.headSize,
      dropoutProbability: configuration.attentionDropout)
    activation =
      switch configuration.activation {
      case .gelu: .geluErf
      case .geluTanh: .geluTanh
      case .relu: .relu
      }
    hiddenDropout = configuration.hiddenDropout
  }

  /// state.output `[rows, d]` ← the layer applied to `input` `[rows, d]`.
  func forward(
    _ parameters: Parameters, input: UnsafePointer<Scalar>, batch: SequenceBatch,
    dropout: DropoutPlan?, state: EncoderLayerState<Scalar>, workspace: EncoderWorkspace<Scalar>
  ) {
    let width = parameters.query.outputSize
    performRows(batch, dropout, workspace.team) { rows, thread in
      let gemm = workspace.gemm[thread], start = rows.lowerBound * width
      let x = input + start
      parameters.query.forward(x, rows: rows.count, into: state.query + start, workspace: gemm)
      parameters.key.forward(x, rows: rows.count, into: state.key + start, workspace: gemm)
      parameters.value.forward(x, rows: rows.count, into: state.value + start, workspace: gemm)
    }
    attention.forward(
      query: state.query, key: state.key, value: state.value, batch: batch, layer: index,
      dropout: dropout, context: state.context, logSums: state.logSums, workspace: workspace)
    performRows(batch, dropout, workspace.team) { rows, thread in
      finish(
        parameters, input: input, rows: rows, batch: batch, dropout: dropout, state: state,
        workspace: workspace, thread: thread)
    }
  }

  /// Everything after the attention, which looks at each row alone.
  private func finish(
    _ parameters: Parameters, input: UnsafePointer<Scalar>, rows: Range<Int>, batch: SequenceBatch,
    dropout: DropoutPlan?, state: EncoderLayerState<Scalar>, workspace: EncoderWorkspace<Scalar>,
    thread: Int
  ) {
    let width = parameters.query.outputSize, innerSize = parameters.intermediate.outputSize
    let count = rows.count, first = rows.lowerBound, start = first * width
    let gemm = workspace.gemm[thread]
    let attended = state.attended + start, middle = state.middle + start
    parameters.attentionOutput.forward(
      state.context + start, rows: count, into: attended, workspace: gemm)
    dropout?.apply(
      .attentionOutput, layer: index, probability: hiddenDropout, to: state.attended,
      columns: width, batch: batch)
    Scalar.add(input + start, to: attended, count: count * width)
    parameters.attentionNorm.forward(
      attended, rows: count, into: middle, statistics: state.attentionStatistics, firstRow: first)

    let preactivation = state.preactivation + first * innerSize
    let inner = workspace.inner + first * innerSize
    parameters.intermediate.forward(middle, rows: count, into: preactivation, workspace: gemm)
    Scalar.activate(activation, preactivation, into: inner, count: count * innerSize)
    let transformed = state.transformed + start
    parameters.output.forward(inner, rows: count, into: transformed, workspace: gemm)
    dropout?.apply(
      .feedForwardOutput, layer: index, probability: hiddenDropout, to: state.transformed,
      columns: width, batch: batch)
    Scalar.add(middle, to: transformed, count: count * width)
    parameters.outputNorm.forward(
      transformed, rows: count, into: state.output + start, statistics: state.outputStatistics,
      firstRow: first)
  }

  /// Replaces `hiddenGradient` `[rows, d]`, the gradient at the output, by the gradient at the input;
  /// adds to the parameters' gradients.
  func backward(
    _ parameters: Parameters, gradients: Parameters, input: UnsafePointer<Scalar>,
    hiddenGradient: UnsafeMutablePointer<Scalar>, batch: SequenceBatch, dropout: DropoutPlan?,
    state: EncoderLayerState<Scalar>, workspace: EncoderWorkspace<Scalar>
  ) {
    let rows = batch.rowCount, width = parameters.query.outputSize
    let innerSize = parameters.intermediate.outputSize
    let gemm = workspace.gemm[0]
    let branch = workspace.hiddenGradient, residual = workspace.residualGradient

    // Feed-forward network: residual ← gradient at z + y; branch ← the same through dropout.
    parameters.outputNorm.backward(
      input: state.transformed, upstream: hiddenGradient, rows: rows,
      statistics: state.outputStatistics, gradient: gradients.outputNorm, into: residual)
    branch.update(from: residual, count: rows * width)
    dropout?.apply(
      .feedForwardOutput, layer: index, probability: hiddenDropout, to: branch, columns: width,
      batch: batch)
    Scalar.activate(
      activation, state.preactivation, into: workspace.inner, count: rows * innerSize)
    parameters.output.backward(
      input: workspace.inner, upstream: branch, rows: rows, gradient: gradients.output,
      into: workspace.innerGradient, workspace: gemm)
    Scalar.activationGradient(
      activation, at: state.preactivation, upstream: workspace.innerGradient,
      into: workspace.innerGradient, count: rows * innerSize)
    parameters.intermediate.backward(
      input: state.middle, upstream: workspace.innerGradient, rows: rows,
      gradient: gradients.intermediate, into: residual, accumulate: true, workspace: gemm)

    // Attention: residual is now the gradient at y, then at a + x.
    parameters.attentionNorm.backward(
      input: state.attended, upstream: residual, rows: rows,
      statistics: state.attentionStatistics, gradient: gradients.attentionNorm, into: hiddenGradient
    )
    branch.update(from: hiddenGradient, count: rows * width)
    dropout?.apply(
      .attentionOutput, layer: index, probability: hiddenDropout, to: branch, columns: width,
      batch: batch)
    parameters.attentionOutput.backward(
      input: state.context, upstream: branch, rows: rows, gradient: gradients.attentionOutput,
      into: residual, workspace: gemm)
    attention.backward(
      query: state.query, key: state.key, value: state.value, logSums: state.logSums,
      upstream: residual, batch: batch, layer: index, dropout: dropout,
      queryGradient: workspace.queryGradient, keyGradient: workspace.keyGradient,
      valueGradient: workspace.valueGradient, workspace: workspace)
    for (linear, gradient, upstream) in [
      (parameters.query, gradients.query, workspace.queryGradient),
      (parameters.key, gradients.key, workspace.keyGradient),
      (parameters.value, gradients.value, workspace.valueGradient),
    ] {
      linear.backward(
        input: input, upstream: upstream, rows: rows, gradient: gradient, into: hiddenGradient,
        accumulate: true, workspace: gemm)
    }
  }

  /// Splits rows among the threads; with dropout, whose masks belong to whole sequences, they stay
  /// together.
  ///
  /// What a row comes out as depends on that row alone, so any split gives the same bits.
  private func performRows(
    _ batch: SequenceBatch, _ dropout: DropoutPlan?, _ team: ThreadTeam,
    _ body: (Range<Int>, Int) -> Void
  ) {
    guard dropout == nil else { return body(0..<batch.rowCount, 0) }
    team.performRanges(of: batch.rowCount, grain: 8, body)
  }
}
