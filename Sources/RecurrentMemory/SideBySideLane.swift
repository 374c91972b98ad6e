import Kernels
import TensorStorage
import Transformer

/// A segment that a sample reads.
package struct SampleSegment {
  /// The number of the sample, whose memory enters the segment.
  package let sample: Int
  /// The segment's document tokens.
  package let tokens: [Int32]
  /// The positions over which it is spread; `nil` for as many as it has rows.
  package let positionSpan: Int?

  /// A segment with every part given.
  package init(sample: Int, tokens: [Int32], positionSpan: Int? = nil) {
    self.sample = sample
    self.tokens = tokens
    self.positionSpan = positionSpan
  }
}

/// Takes segments of several samples through the encoder in one pass, on threads of its own.
///
/// A row's numbers depend on its own sequence alone, so it does not matter to them who shares the
/// pass. One caller uses a lane at a time.
package final class SideBySideLane {
  private let plan: RecurrentPlan
  private let capacity: EncoderCapacity
  private let parameters: ModelParameters<Float>
  private let memories: UnsafeMutablePointer<Float>
  private let encoder: Encoder<Float>
  private let workspace: EncoderWorkspace<Float>
  private let activations: EncoderActivations<Float>
  /// The sequences of the last pass, kept for the next, which is mostly alike.
  private var batch = SequenceBatch(lengths: [1])
  /// Their skips.
  private var skips: [PositionSkip] = []
  /// The rows of `[CLS]` and memory, and those of `[CLS]` alone.
  private var remembered = SequenceBatch(lengths: [1])
  private var classified = SequenceBatch(lengths: [1])

  /// Reserves everything that a pass needs.
  ///
  /// - Parameter memories: `[samples, m, d]`, which outlives the lane.
  init(
    _ plan: RecurrentPlan, capacity: EncoderCapacity, parameters: ModelParameters<Float>,
    memories: UnsafeMutablePointer<Float>, team: ThreadTeam
  ) {
    self.plan = plan
    self.capacity = capacity
    self.parameters = parameters
    self.memories = memories
    encoder = Encoder(plan.model.encoder)
    workspace = EncoderWorkspace(plan.model, capacity: capacity, team: team, trains: false)
    activations = EncoderActivations(
      plan.model.encoder, capacity: capacity, keepsEveryLayer: false)
  }

  /// Reads one segment of each sample; what it leaves at the memory's rows replaces the sample's
  /// memory.
  ///
  /// Nothing is allocated when the pass before had segments of the same lengths. More samples than
  /// planned, tokens outside the vocabulary and segments longer than the plan's trap.
  package func read(_ segments: [SampleSegment]) {
    forward(segments, asks: false)
    for sequence in segments.indices {
      let row = remembered.starts[sequence] + plan.layout.memoryRows.lowerBound
      memory(of: segments[sequence].sample).update(
        from: activations.output + row * plan.layout.hiddenSize, count: plan.memoryStride)
    }
  }

  /// The logits that each sample's segment gives, were it the document's last; memories stay.
  ///
  /// - Returns: `[samples][labels]`.
  package func ask(_ segments: [SampleSegment]) -> [[Float]] {
    guard let classifier = parameters.classifier else {
      preconditionFailure("a question to a model without labels")
    }
    forward(segments, asks: true)
    let width = plan.layout.hiddenSize
    var pooled = [Float](repeating: 0, count: width)
    return segments.indices.map { sequence in
      var logits = [Float](repeating: 0, count: classifier.outputSize)
      parameters.pooler.forward(
        activations.output + classified.starts[sequence] * width, rows: 1,
        into: &pooled, workspace: workspace)
      Classifier.forward(classifier, pooled, rows: 1, into: &logits, workspace: workspace)
      return logits
    }
  }

  private func memory(of sample: Int) -> UnsafeMutablePointer<Float> {
    memories + sample * plan.memoryStride
  }

  private func forward(_ segments: [SampleSegment], asks: Bool) {
    arrange(segments)
    let limit = plan.model.encoder.vocabularySize
    for sequence in segments.indices {
      let tokens = segments[sequence].tokens[...]
      for index in tokens.indices {
        precondition(
          tokens[index] >= 0 && tokens[index] < limit, "token id \(tokens[index]) of \(limit)")
      }
      plan.layout.write(
        tokens: tokens, memory: memory(of: segments[sequence].sample),
        wordEmbeddings: parameters.embeddings.word, into: activations,
        fromRow: batch.starts[sequence])
    }
    encoder.forward(
      parameters, batch: batch, reading: asks ? classified : remembered, dropout: nil,
      activations: activations, workspace: workspace)
  }

  /// Lays the sequences out, unless they lie so already.
  private func arrange(_ segments: [SampleSegment]) {
    var isAlike = skips.count == segments.count
    for index in segments.indices where isAlike {
      isAlike =
        batch.rows(of: index).count == rowCount(of: segments[index])
        && skips[index] == skip(of: segments[index])
    }
    guard !isAlike else { return }
    skips = segments.map(skip)
    batch = SequenceBatch(
      lengths: segments.map(rowCount), memoryRows: plan.layout.memoryRows,
      skips: skips.contains { $0.count > 0 } ? skips : [])
    remembered = batch.leading(plan.layout.memoryRows.upperBound)
    classified = batch.leading(1)
    // Written before the encoder looks, so it is looked at here.
    precondition(
      batch.rowCount <= capacity.rowCount && batch.longestLength <= capacity.sequenceLength,
      "more rows than the lane was planned for")
  }

  private func skip(of segment: SampleSegment) -> PositionSkip {
    plan.layout.skip(tokenCount: segment.tokens.count, span: segment.positionSpan)
  }

  private func rowCount(of segment: SampleSegment) -> Int {
    plan.layout.rowCount(tokenCount: segment.tokens.count)
  }
}
