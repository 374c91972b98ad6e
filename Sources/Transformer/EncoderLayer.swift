import Kernels
import ModelSchema

/// One encoder layer: self-attention and a feed-forward network, each followed by dropout, the
/// residual connection and LayerNorm.
///
///     a = dropout(attention(x)·W_oᵀ + b_o);   y = LayerNorm(a + x)
///     z = dropout(f(y·W_iᵀ + b_i)·W_fᵀ + b_f); output = LayerNorm(z + y)
///
/// A layer whose output is read in part computes keys and values for all rows, and everything else
/// for the rows that are read alone.
struct EncoderLayer<Scalar: KernelScalar> {
  typealias Parameters = ModelParameters<Scalar>.Layer

  let index: Int
  let attention: SelfAttention<Scalar>
  let activation: ActivationFunction
  let hiddenDropout: Double

  /// Which rows a pass computes, and where its dropout masks come from.
  typealias Pass = SelfAttention<Scalar>.Pass

  init(_ configuration: EncoderConfiguration, index: Int) {
    self.index = index
    attention = SelfAttention(
      headCount: configuration.headCount, headSize: configuration.headSize,
      dropoutProbability: configuration.attentionDropout)
    activation = ActivationFunction(configuration.activation)
    hiddenDropout = configuration.hiddenDropout
  }

  /// state.output `[query rows, d]` ← the layer applied to `input` `[rows, d]`, which the multiplier
  /// holds packed; it is left holding the output.
  ///
  /// - Parameter queryInput: the input's rows that are read, `[query rows, d]`.
  func forward(
    _ parameters: Parameters, input: UnsafePointer<Scalar>, queryInput: UnsafePointer<Scalar>,
    pass: Pass, state: EncoderLayerState<Scalar>, workspace: EncoderWorkspace<Scalar>
  ) {
    let width = parameters.query.outputSize, multiplier = workspace.multiplier
    let rows = pass.keys.rowCount, queryRows = pass.queries.rowCount
    parameters.key.forwardPacked(rows: rows, into: state.key, multiplier: multiplier)
    parameters.value.forwardPacked(rows: rows, into: state.value, multiplier: multiplier)
    if queryRows < rows { multiplier.pack(queryInput, rows: queryRows, depth: width) }
    parameters.query.forwardPacked(rows: queryRows, into: state.query, multiplier: multiplier)
    attention.forward(
      query: state.query, key: state.key, value: state.value, pass: pass, context: state.context,
      logSums: state.logSums, workspace: workspace)

    multiplier.pack(state.context, rows: queryRows, depth: width)
    finish(
      parameters.attentionOutput, norm: parameters.attentionNorm, residual: queryInput,
      sum: state.attended, output: state.middle, statistics: state.attentionStatistics,
      site: .attentionOutput, pass: pass, workspace: workspace)
    parameters.intermediate.forwardPacked(
      rows: queryRows,
      epilogue: Epilogue(preactivation: state.preactivation, activation: activation),
      into: workspace.inner, multiplier: multiplier)
    multiplier.pack(workspace.inner, rows: queryRows, depth: parameters.output.inputSize)
    finish(
      parameters.output, norm: parameters.outputNorm, residual: state.middle,
      sum: state.transformed, output: state.output, statistics: state.outputStatistics,
      site: .feedForwardOutput, pass: pass, workspace: workspace)
  }

  /// output ← LayerNorm(sum), sum ← dropout(linear) + residual, for what the multiplier holds packed;
  /// it is left holding the output.
  private func finish(
    _ linear: Linear<Scalar>, norm: LayerNorm<Scalar>, residual: UnsafePointer<Scalar>,
    sum: UnsafeMutablePointer<Scalar>, output: UnsafeMutablePointer<Scalar>,
    statistics: LayerNormStatistics<Scalar>, site: DropoutPlan.Site, pass: Pass,
    workspace: EncoderWorkspace<Scalar>
  ) {
    let rowCount = pass.queries.rowCount, width = linear.outputSize
    let multiplier = workspace.multiplier
    // Dropout comes between the product and the residual, so it alone keeps them apart.
    let drops = pass.dropout != nil && hiddenDropout > 0
    linear.forwardPacked(
      rows: rowCount, epilogue: Epilogue(residual: drops ? nil : residual), into: sum,
      multiplier: multiplier)
    workspace.team.performRanges(of: rowCount, grain: Scalar.sliverRows) { rows, _ in
      if drops {
        pass.dropout?.apply(
          site, layer: index, probability: hiddenDropout, to: sum, columns: width, rows: rows,
          batch: pass.queries)
        let start = rows.lowerBound * width
        Scalar.add(residual + start, to: sum + start, count: rows.count * width)
      }
      norm.forward(rows, of: sum, into: output, statistics: statistics)
      multiplier.packRows(rows, of: output, depth: width)
    }
  }
}
