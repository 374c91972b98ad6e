import Kernels

/// Multi-head self-attention over a batch of unpadded sequences.
///
/// For each head with width a: P = softmax(q·kᵀ/√a), context = dropout(P)·v. Only log Σ exp of each
/// row is kept; the backward pass computes P again from it. Queries may be fewer than keys: the first
/// rows of each sequence.
struct SelfAttention<Scalar: KernelScalar> {
  let headCount: Int
  let headSize: Int
  let dropoutProbability: Double

  /// The rows of a pass, and where its dropout masks come from.
  struct Pass {
    /// The rows that look, `[query rows, d]` for all sequences.
    let queries: SequenceBatch
    /// The rows that are looked at, `[rows, d]`.
    let keys: SequenceBatch
    let layer: Int
    let dropout: DropoutPlan?
  }

  private var width: Int { headCount * headSize }

  /// context `[query rows, d]` ← attention of query `[query rows, d]` to key and value `[rows, d]`.
  ///
  /// - Parameter logSums: `[heads, query rows]`, the row statistics for the backward pass.
  func forward(
    query: UnsafePointer<Scalar>, key: UnsafePointer<Scalar>, value: UnsafePointer<Scalar>,
    pass: Pass, context: UnsafeMutablePointer<Scalar>, logSums: UnsafeMutablePointer<Scalar>,
    workspace: EncoderWorkspace<Scalar>
  ) {
    performHeads(pass, workspace.team) { place, sequence, head, lane in
      Scalar.attention(
        self.head(place, sequence, head, pass: pass, query: query, key: key, value: value),
        context: context + place.query, logSum: logSums + place.statistics,
        workspace: workspace.lanes[lane])
    }
  }

  /// Gradients at query `[query rows, d]`, key and value `[rows, d]` from `upstream`, the gradient at
  /// the context.
  ///
  /// With P′ = dropout(P): dv = P′ᵀ·dc; dP′ = dc·vᵀ; dP = dropout′(dP′); dS = P·(dP − Σ P·dP);
  /// dq = dS·k/√a; dk = dSᵀ·q/√a, where Σ P·dP = Σ context·dc.
  func backward(
    query: UnsafePointer<Scalar>, key: UnsafePointer<Scalar>, value: UnsafePointer<Scalar>,
    context: UnsafePointer<Scalar>, logSums: UnsafePointer<Scalar>,
    upstream: UnsafePointer<Scalar>, pass: Pass, queryGradient: UnsafeMutablePointer<Scalar>,
    keyGradient: UnsafeMutablePointer<Scalar>, valueGradient: UnsafeMutablePointer<Scalar>,
    workspace: EncoderWorkspace<Scalar>
  ) {
    performHeads(pass, workspace.team) { place, sequence, head, lane in
      Scalar.attentionGradient(
        self.head(place, sequence, head, pass: pass, query: query, key: key, value: value),
        context: context + place.query, upstream: upstream + place.query,
        logSum: logSums + place.statistics, query: queryGradient + place.query,
        key: keyGradient + place.key, value: valueGradient + place.key,
        workspace: workspace.lanes[lane])
    }
  }

  /// Where a head of a sequence begins in the arrays.
  private struct Place {
    let query: Int
    let key: Int
    let statistics: Int
  }

  /// Runs `body(place, sequence, head, lane)` for every head of every sequence; heads write disjoint
  /// columns of disjoint rows.
  private func performHeads(
    _ pass: Pass, _ team: ThreadTeam, _ body: (Place, Int, Int, Int) -> Void
  ) {
    team.perform(partCount: pass.keys.count * headCount) { part, lane in
      let sequence = part / headCount, head = part % headCount
      let first = pass.queries.starts[sequence]
      let place = Place(
        query: first * width + head * headSize,
        key: pass.keys.starts[sequence] * width + head * headSize,
        statistics: head * pass.queries.rowCount + first)
      body(place, sequence, head, lane)
    }
  }

  private func head(
    _ place: Place, _ sequence: Int, _ head: Int, pass: Pass, query: UnsafePointer<Scalar>,
    key: UnsafePointer<Scalar>, value: UnsafePointer<Scalar>
  ) -> AttentionHead<Scalar> {
    AttentionHead(
      queryCount: pass.queries.rows(of: sequence).count,
      keyCount: pass.keys.rows(of: sequence).count, headSize: headSize, stride: width,
      query: query + place.query, key: key + place.key, value: value + place.key,
      mask: dropoutProbability > 0
        ? pass.dropout?.mask(
          .attentionWeights, layer: pass.layer, head: head, sequence: sequence,
          probability: dropoutProbability) : nil)
  }
}
