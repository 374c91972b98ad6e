import Kernels

/// Multi-head self-attention over a batch of unpadded sequences.
///
/// For each head with width a: P = softmax(q·kᵀ/√a), context = dropout(P)·v. Only log Σ exp of each
/// row is kept; the backward pass computes P again from it.
struct SelfAttention<Scalar: KernelScalar> {
  let headCount: Int
  let headSize: Int
  let dropoutProbability: Double

  private var width: Int { headCount * headSize }
  private var scoreScale: Scalar { 1 / Scalar(headSize).squareRoot() }

  /// context `[rows, d]` ← attention of query, key and value, `[rows, d]` each.
  ///
  /// - Parameter logSums: `[heads, rows]`, the row statistics for the backward pass.
  func forward(
    query: UnsafePointer<Scalar>, key: UnsafePointer<Scalar>, value: UnsafePointer<Scalar>,
    batch: SequenceBatch, layer: Int, dropout: DropoutPlan?,
    context: UnsafeMutablePointer<Scalar>, logSums: UnsafeMutablePointer<Scalar>,
    workspace: EncoderWorkspace<Scalar>
  ) {
    performHeads(batch, workspace.team) { sequence, head, thread in
      let rows = batch.rows(of: sequence)
      let length = rows.count
      let offset = rows.lowerBound * width + head * headSize
      let weights = workspace.weights[thread], gemm = workspace.gemm[thread]
      scores(query + offset, key + offset, length: length, into: weights, gemm: gemm)
      Scalar.softmax(
        weights, rows: length, columns: length,
        logSum: logSums + head * batch.rowCount + rows.lowerBound)
      drop(weights, length: length, layer: layer, head: head, sequence: sequence, plan: dropout)
      Scalar.gemm(
        transposeA: false, transposeB: false, rows: length, columns: headSize, depth: length,
        alpha: 1, a: weights, aStride: length, b: value + offset, bStride: width,
        accumulate: false, c: context + offset, cStride: width, workspace: gemm)
    }
  }

  /// Gradients at query, key and value from `upstream`, the gradient at the context.
  ///
  /// With P′ = dropout(P): dv = P′ᵀ·dc; dP′ = dc·vᵀ; dP = dropout′(dP′); dS = P·(dP − Σ P·dP);
  /// dq = dS·k/√a; dk = dSᵀ·q/√a.
  func backward(
    query: UnsafePointer<Scalar>, key: UnsafePointer<Scalar>, value: UnsafePointer<Scalar>,
    logSums: UnsafePointer<Scalar>, upstream: UnsafePointer<Scalar>, batch: SequenceBatch,
    layer: Int, dropout: DropoutPlan?, queryGradient: UnsafeMutablePointer<Scalar>,
    keyGradient: UnsafeMutablePointer<Scalar>, valueGradient: UnsafeMutablePointer<Scalar>,
    workspace: EncoderWorkspace<Scalar>
  ) {
    performHeads(batch, workspace.team) { sequence, head, thread in
      let rows = batch.rows(of: sequence)
      let length = rows.count
      let offset = rows.lowerBound * width + head * headSize
      let weights = workspace.weights[thread], gradients = workspace.weightGradients[thread]
      let gemm = workspace.gemm[thread]
      let logSum = logSums + head * batch.rowCount + rows.lowerBound

      // dv needs the dropped weights, the softmax's gradient the whole ones.
      scores(query + offset, key + offset, length: length, into: weights, gemm: gemm)
      Scalar.softmaxAgain(weights, rows: length, columns: length, logSum: logSum)
      var dropped = UnsafePointer(weights)
      if let mask = mask(layer: layer, head: head, sequence: sequence, plan: dropout) {
        Scalar.dropout(mask, weights, into: gradients, count: length * length)
        dropped = UnsafePointer(gradients)
      }
      Scalar.gemm(
        transposeA: true, transposeB: false, rows: length, columns: headSize, depth: length,
        alpha: 1, a: dropped, aStride: length, b: upstream + offset, bStride: width,
        accumulate: false, c: valueGradient + offset, cStride: width, workspace: gemm)
      Scalar.gemm(
        transposeA: false, transposeB: true, rows: length, columns: length, depth: headSize,
        alpha: 1, a: upstream + offset, aStride: width, b: value + offset, bStride: width,
        accumulate: false, c: gradients, cStride: length, workspace: gemm)
      drop(gradients, length: length, layer: layer, head: head, sequence: sequence, plan: dropout)
      Scalar.softmaxGradient(at: weights, gradients, rows: length, columns: length)
      Scalar.gemm(
        transposeA: false, transposeB: false, rows: length, columns: headSize, depth: length,
        alpha: scoreScale, a: gradients, aStride: length, b: key + offset, bStride: width,
        accumulate: false, c: queryGradient + offset, cStride: width, workspace: gemm)
      Scalar.gemm(
        transposeA: true, transposeB: false, rows: length, columns: headSize, depth: length,
        alpha: scoreScale, a: gradients, aStride: length, b: query + offset, bStride: width,
        accumulate: false, c: keyGradient + offset, cStride: width, workspace: gemm)
    }
  }

  /// Runs `body(sequence, head, thread)` for every head of every sequence; heads write disjoint
  /// columns of disjoint rows.
  private func performHeads(
    _ batch: SequenceBatch, _ team: ThreadTeam, _ body: (Int, Int, Int) -> Void
  ) {
    let jobCount = batch.count * headCount
    let partCount = min(team.threadCount, jobCount)
    team.perform(partCount: partCount) { thread in
      for job in jobCount * thread / partCount..<jobCount * (thread + 1) / partCount {
        body(job / headCount, job % headCount, thread)
      }
    }
  }

  /// scores `[T, T]` ← q·kᵀ/√a.
  private func scores(
    _ query: UnsafePointer<Scalar>, _ key: UnsafePointer<Scalar>, length: Int,
    into scores: UnsafeMutablePointer<Scalar>, gemm: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.gemm(
      transposeA: false, transposeB: true, rows: length, columns: length, depth: headSize,
      alpha: scoreScale, a: query, aStride: width, b: key, bStride: width, accumulate: false,
      c: scores, cStride: length, workspace: gemm)
  }

  private func mask(layer: Int, head: Int, sequence: Int, plan: DropoutPlan?) -> DropoutMask? {
    guard let plan, dropoutProbability > 0 else { return nil }
    return plan.mask(
      .attentionWeights, layer: layer, head: head, sequence: sequence,
      probability: dropoutProbability)
  }

  private func drop(
    _ x: UnsafeMutablePointer<Scalar>, length: Int, layer: Int, head: Int, sequence: Int,
    plan: DropoutPlan?
  ) {
    guard let mask = mask(layer: layer, head: head, sequence: sequence, plan: plan) else { return }
    Scalar.dropout(mask, x, into: x, count: length * length)
  }
}
