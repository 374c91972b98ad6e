import Kernels
import TensorStorage
import Transformer

/// Takes a group of samples through all their segments, and back.
///
/// Samples are aligned at their ends: step e = 0 is everybody's last segment, and a sample with N
/// segments takes part in the steps e < N, so the missing segments of short documents are at the
/// front and cost nothing. Documents are read from step N − 1 down to 0, and the way back goes up
/// from 0. What several documents have in common before their last segments is read for the first of
/// them, and the gradients that arrive at their memories are added there.
final class RecurrentWorker<Scalar: KernelScalar> {
  let plan: RecurrentPlan
  let encoder: Encoder<Scalar>
  let workspace: EncoderWorkspace<Scalar>
  let head: ClassificationStep<Scalar>
  let memories: BoundaryMemories<Scalar>
  /// The gradient that arrives at the memory which each sample of the group hands on, `[group, m, d]`.
  let memoryGradient: UnsafeMutablePointer<Scalar>
  /// The memory that entered the last segment of each document of a group when it was last read,
  /// `[group, m, d]`.
  private let keptMemories: UnsafeMutablePointer<Scalar>
  /// Gradient at the hidden states of a segment, `[rows, d]`.
  let hiddenGradient: UnsafeMutablePointer<Scalar>
  /// Gradient of the loss at the hidden states at `[CLS]`, `[group, d]`.
  let classificationGradient: UnsafeMutablePointer<Scalar>
  /// Whether each sample of a group was right when its last segment was last taken back.
  private(set) var isRight: [Bool]
  /// What segments keep for the way back, that of step 0 first; as many as a group ever needed.
  private(set) var tapes: [EncoderActivations<Scalar>] = []
  private let scratch: EncoderActivations<Scalar>
  private let arena: Arena<Scalar>
  private let trains: Bool

  init(_ plan: RecurrentPlan, team: ThreadTeam, trains: Bool) {
    let configuration = plan.model.encoder
    let capacity = plan.capacity
    self.plan = plan
    self.trains = trains
    encoder = Encoder(configuration)
    workspace = EncoderWorkspace(
      plan.model, capacity: capacity, team: team, trains: trains)
    scratch = EncoderActivations(configuration, capacity: capacity, keepsEveryLayer: false)
    head = ClassificationStep(plan)
    isRight = Array(repeating: false, count: plan.samplesPerGroup)
    let width = configuration.hiddenSize
    let memoryStride = plan.memory.tokenCount * width
    memories = BoundaryMemories(
      samplesPerGroup: plan.samplesPerGroup, memoryElementCount: memoryStride)
    // Inference never touches the gradients.
    let memoryCount = trains ? plan.samplesPerGroup * memoryStride : 0
    let hiddenCount = trains ? capacity.rowCount * width : 0
    let classificationCount = trains ? plan.samplesPerGroup * width : 0
    let space = Arena<Scalar>.space(for:)
    arena = Arena(count: 2 * space(memoryCount) + space(hiddenCount) + space(classificationCount))
    memoryGradient = arena.allocate(memoryCount)
    keptMemories = arena.allocate(memoryCount)
    hiddenGradient = arena.allocate(hiddenCount)
    classificationGradient = arena.allocate(classificationCount)
  }

  /// Numbers of one sample's memory, m·d.
  var memoryStride: Int { plan.memory.tokenCount * plan.model.encoder.hiddenSize }

  /// Logits of each sample's last segment, without dropout.
  func logits(
    _ samples: ArraySlice<RecurrentSample>, parameters: ModelParameters<Scalar>
  ) -> [[Scalar]] {
    let group = Group(Array(samples), firstSample: 0, sharesBeginnings: true, plan: plan)
    memories.begin(
      stepCount: group.stepCount, sampleCount: group.samples.count, keepsEveryStep: false)
    start(group, parameters)
    for pass in group.passes[group.lastPassCount...].reversed() {
      forward(group, pass, parameters: parameters, dropout: nil, activations: scratch)
      handOn(group, pass, from: scratch)
    }
    return group.passes[..<group.lastPassCount].flatMap { pass in
      forward(group, pass, parameters: parameters, dropout: nil, activations: scratch)
      return head.logits(
        parameters, hidden: scratch.output, batch: pass.classification, workspace: workspace)
    }
  }

  /// Adds the gradients of `scale`·Σ loss over a group's samples to `gradients`.
  ///
  /// Losses are taken on the way back, and a segment's before its gradients: the order of all sums is
  /// the same whether activations were kept or are computed again. Nothing is allocated once a group
  /// with as many segments was there.
  func accumulate(
    _ group: Group, objective: RecurrentObjective, scale: Double, dropoutKey: SIMD2<UInt32>?,
    parameters: ModelParameters<Scalar>, gradients: ModelParameters<Scalar>
  ) -> RecurrentLoss {
    precondition(trains, "a worker that was planned for inference")
    let backpropagation = objective.backpropagation.resolved(segmentCount: group.stepCount)
    // A segment whose loss is read goes back however far the memory's gradient reaches, so every one
    // would need a tape; replay gives the same bits with one.
    let replays =
      backpropagation == .replay
      || (objective.lossSegments == .all && backpropagation.reach < group.stepCount)
    let backwardCount =
      objective.lossSegments == .all
      ? group.stepCount : min(group.stepCount, backpropagation.reach)
    let tapeCount = replays ? min(1, backwardCount) : backwardCount
    while tapes.count < tapeCount {
      tapes.append(
        EncoderActivations(plan.model.encoder, capacity: plan.capacity, keepsEveryLayer: true))
    }

    var loss = RecurrentLoss()
    loss.sampleCount = group.samples.count
    memories.begin(
      stepCount: group.stepCount, sampleCount: group.samples.count, keepsEveryStep: replays)
    start(group, parameters)
    for number in stride(from: group.passes.count - 1, through: group.lastPassCount, by: -1) {
      let pass = group.passes[number]
      let activations = pass.step < tapeCount ? tapes[pass.step] : scratch
      forward(
        group, pass, parameters: parameters, dropout: pass.dropout(key: dropoutKey),
        activations: activations)
      handOn(group, pass, from: activations)
      loss.positionCount += pass.batch.rowCount
    }
    // Without a question nobody looks at the last segments.
    guard group.hasLoss else { return loss }
    for number in 0..<group.lastPassCount + backwardCount - 1 {
      let pass = group.passes[number]
      let tape = tapes[replays ? 0 : pass.step], dropout = pass.dropout(key: dropoutKey)
      if replays || pass.step == 0 {
        forward(group, pass, parameters: parameters, dropout: dropout, activations: tape)
      }
      let outcome = backward(
        group, pass, tape: tape, lossSegments: objective.lossSegments,
        memoryArrives: pass.step > 0 && pass.step < backpropagation.reach,
        memoryClipNorm: objective.memoryClipNorm, scale: scale, dropout: dropout,
        parameters: parameters, gradients: gradients)
      loss.lossSum += outcome.lossSum
      guard pass.step == 0 else { continue }
      loss.correctCount += outcome.correctCount
      loss.positionCount += pass.batch.rowCount
      for sequence in pass.active.indices {
        isRight[pass.active[sequence]] = head.isRight[sequence]
      }
    }
    return loss
  }

  /// Every document begins with the initial memory, a later passage with what the one before it kept.
  private func start(_ group: Group, _ parameters: ModelParameters<Scalar>) {
    guard let initialMemory = parameters.initialMemory else {
      preconditionFailure("parameters without memory")
    }
    for sample in group.samples.indices {
      let first = group.samples[sample].segmentCount - 1
      let begins = group.samples[sample].beginsDocument
      memories.entering(step: first, sample: sample).update(
        from: begins ? initialMemory : keptMemories + group.documentNumbers[sample] * memoryStride,
        count: memoryStride)
    }
  }

  /// One segment of every active sample, from the memories that enter it.
  private func forward(
    _ group: Group, _ pass: Group.Pass, parameters: ModelParameters<Scalar>,
    dropout: DropoutPlan?, activations: EncoderActivations<Scalar>
  ) {
    for sequence in pass.active.indices {
      let sample = pass.active[sequence]
      plan.layout.write(
        tokens: group.tokens(of: sample, step: pass.step),
        memory: memories.entering(step: pass.step, sample: sample),
        wordEmbeddings: parameters.embeddings.word, into: activations,
        fromRow: pass.batch.starts[sequence])
    }
    encoder.forward(
      parameters, batch: pass.batch, reading: pass.reading, dropout: dropout,
      activations: activations, workspace: workspace)
  }

  /// The memories that a segment wrote enter the next one, step e − 1: the last one of all samples that
  /// begin so.
  private func handOn(
    _ group: Group, _ pass: Group.Pass, from activations: EncoderActivations<Scalar>
  ) {
    let width = plan.model.encoder.hiddenSize
    for sequence in pass.active.indices {
      let sample = pass.active[sequence]
      let row = pass.reading.starts[sequence] + plan.layout.memoryRows.lowerBound
      memories.entering(step: pass.step - 1, sample: sample).update(
        from: activations.output + row * width, count: memoryStride)
    }
    guard pass.step == 1 else { return }
    for sample in group.readers.indices where group.readers[sample] != sample {
      memories.entering(step: 0, sample: sample).update(
        from: memories.entering(step: 0, sample: group.readers[sample]), count: memoryStride)
    }
  }

  /// Keeps what entered the last segment of each sample, for the next passage of its document.
  func keepMemories(of group: Group) {
    for (sample, number) in group.documentNumbers.enumerated() {
      (keptMemories + number * memoryStride).update(
        from: memories.entering(step: 0, sample: sample), count: memoryStride)
    }
  }
}
