import Kernels
import Randomness
import TensorStorage
import Transformer

/// One thread's share of the recurrence: takes a group of samples through all their segments, and
/// back.
///
/// Samples are aligned at their ends: step e = 0 is everybody's last segment, and a sample with N
/// segments takes part in the steps e < N, so the missing segments of short documents are at the
/// front and cost nothing.
final class RecurrentWorker<Scalar: KernelScalar> {
  private let plan: RecurrentPlan
  private let encoder: Encoder<Scalar>
  private let workspace: EncoderWorkspace<Scalar>
  private let scratch: EncoderActivations<Scalar>
  private let head: ClassificationStep<Scalar>
  /// The memory of each sample of the group, `[group, m, d]`, and the gradient that arrives at it.
  private let memory: UnsafeMutablePointer<Scalar>
  private let memoryGradient: UnsafeMutablePointer<Scalar>
  private let hiddenGradient: UnsafeMutablePointer<Scalar>
  private let arena: Arena<Scalar>
  /// One tape a step, e = 0 first; grows to the longest document and stays.
  private var tapes: [SegmentTape<Scalar>] = []
  private let trains: Bool

  init(_ plan: RecurrentPlan, trains: Bool) {
    let configuration = plan.model.encoder
    let capacity = plan.capacity
    self.plan = plan
    self.trains = trains
    encoder = Encoder(configuration)
    workspace = EncoderWorkspace(
      plan.model, capacity: capacity, team: ThreadTeam(threadCount: 1), trains: trains)
    scratch = EncoderActivations(configuration, capacity: capacity, keepsEveryLayer: false)
    head = ClassificationStep(plan)
    let width = configuration.hiddenSize
    let memoryCount = plan.samplesPerGroup * plan.memory.tokenCount * width
    let space = Arena<Scalar>.space(for:)
    arena = Arena(
      count: (trains ? 2 : 1) * space(memoryCount) + (trains ? space(capacity.rowCount * width) : 0)
    )
    memory = arena.allocate(memoryCount)
    memoryGradient = trains ? arena.allocate(memoryCount) : memory
    hiddenGradient = trains ? arena.allocate(capacity.rowCount * width) : memory
  }

  private var memoryStride: Int { plan.memory.tokenCount * plan.model.encoder.hiddenSize }

  /// Logits of each sample's last segment, without dropout.
  func logits(
    _ samples: ArraySlice<RecurrentSample>, parameters: ModelParameters<Scalar>
  ) -> [[Scalar]] {
    let group = Group(samples, plan: plan)
    start(group, parameters)
    var logits: [[Scalar]] = []
    for step in (0..<group.stepCount).reversed() {
      forward(group, step: step, parameters: parameters, dropout: nil, activations: scratch)
      guard step == 0 else { continue }
      logits = head.logits(
        parameters, hidden: scratch.output, batch: group.batch(step: step), workspace: workspace)
    }
    return logits
  }

  /// Adds the gradients of `scale`·Σ loss over the samples to `gradients`.
  ///
  /// - Parameter firstSample: number of the first sample within the optimizer step; it names the
  ///   dropout masks.
  func accumulate(
    _ samples: ArraySlice<RecurrentSample>, firstSample: Int, objective: RecurrentObjective,
    scale: Double, dropoutKey: SIMD2<UInt32>?, parameters: ModelParameters<Scalar>,
    gradients: ModelParameters<Scalar>
  ) -> RecurrentLoss {
    precondition(trains, "a worker that was planned for inference")
    let group = Group(samples, plan: plan)
    let everySegment = objective.lossSegments == .all
    let taped = everySegment ? group.stepCount : min(group.stepCount, objective.truncation ?? .max)
    while tapes.count < taped { tapes.append(SegmentTape(plan)) }

    var loss = RecurrentLoss()
    loss.sampleCount = samples.count
    start(group, parameters)
    for step in (0..<group.stepCount).reversed() {
      let dropout = group.dropout(step: step, key: dropoutKey, firstSample: firstSample)
      let activations = step < taped ? tapes[step].activations : scratch
      forward(
        group, step: step, parameters: parameters, dropout: dropout, activations: activations)
      loss.positionCount += group.batch(step: step).rowCount
      guard step == 0 || everySegment else { continue }
      let targets = group.active(step: step).map { sample in
        let weight = everySegment ? 1 / Double(group.samples[sample].segmentCount) : 1
        return ClassificationStep<Scalar>.Target(
          label: group.samples[sample].label, weight: weight)
      }
      let outcome = head.accumulate(
        parameters, gradients: gradients, hidden: activations.output,
        batch: group.batch(step: step), targets: targets, scale: scale, dropout: dropout,
        into: tapes[step].classificationGradient, workspace: workspace)
      loss.lossSum += outcome.lossSum
      if step == 0 { loss.correctCount += outcome.correctCount }
    }

    for step in 0..<taped {
      backward(
        group, step: step, firstSample: firstSample, objective: objective,
        dropoutKey: dropoutKey, parameters: parameters, gradients: gradients)
    }
    return loss
  }

  /// Every sample begins with the initial memory.
  private func start(_ group: Group, _ parameters: ModelParameters<Scalar>) {
    guard let initialMemory = parameters.initialMemory else {
      preconditionFailure("parameters without memory")
    }
    for sample in 0..<group.samples.count {
      (memory + sample * memoryStride).update(from: initialMemory, count: memoryStride)
    }
  }

  /// One segment of every active sample; their memories are replaced by the new ones.
  private func forward(
    _ group: Group, step: Int, parameters: ModelParameters<Scalar>, dropout: DropoutPlan?,
    activations: EncoderActivations<Scalar>
  ) {
    let batch = group.batch(step: step), width = plan.model.encoder.hiddenSize
    for (sequence, sample) in group.active(step: step).enumerated() {
      plan.layout.write(
        tokens: group.tokens(of: sample, step: step), memory: memory + sample * memoryStride,
        wordEmbeddings: parameters.embeddings.word,
        into: activations.inputs + batch.rows(of: sequence).lowerBound * width)
    }
    encoder.forward(
      parameters, batch: batch, dropout: dropout, activations: activations, workspace: workspace)
    for (sequence, sample) in group.active(step: step).enumerated() {
      let row = batch.rows(of: sequence).lowerBound + plan.layout.memoryRows.lowerBound
      (memory + sample * memoryStride).update(
        from: activations.output + row * width, count: memoryStride)
    }
  }

  /// Takes the gradients of one segment back: from its logits, when the loss reads them, and from the
  /// memory that it wrote, to the parameters and the memory that it read.
  private func backward(
    _ group: Group, step: Int, firstSample: Int, objective: RecurrentObjective,
    dropoutKey: SIMD2<UInt32>?, parameters: ModelParameters<Scalar>,
    gradients: ModelParameters<Scalar>
  ) {
    let batch = group.batch(step: step), width = plan.model.encoder.hiddenSize
    let tape = tapes[step], active = group.active(step: step)
    // The memory that segment N − k and those before it wrote is a constant to its readers.
    let memoryArrives = step > 0 && step < objective.truncation ?? .max
    hiddenGradient.update(repeating: 0, count: batch.rowCount * width)
    for (sequence, sample) in active.enumerated() {
      let first = hiddenGradient + batch.rows(of: sequence).lowerBound * width
      if step == 0 || objective.lossSegments == .all {
        first.update(from: tape.classificationGradient + sequence * width, count: width)
      }
      if memoryArrives {
        (first + plan.layout.memoryRows.lowerBound * width).update(
          from: memoryGradient + sample * memoryStride, count: memoryStride)
      }
    }
    let dropout = group.dropout(step: step, key: dropoutKey, firstSample: firstSample)
    encoder.backward(
      parameters, gradients: gradients, hiddenGradient: hiddenGradient, batch: batch,
      dropout: dropout, activations: tape.activations, workspace: workspace)
    for (sequence, sample) in active.enumerated() {
      let rows = hiddenGradient + batch.rows(of: sequence).lowerBound * width
      plan.layout.addWordGradients(
        tokens: group.tokens(of: sample, step: step), rows: rows,
        to: gradients.embeddings.word)
      let memoryRows = rows + plan.layout.memoryRows.lowerBound * width
      if group.segment(of: sample, step: step) == 0, let initialMemory = gradients.initialMemory {
        Scalar.add(memoryRows, to: initialMemory, count: memoryStride)
      } else {
        (memoryGradient + sample * memoryStride).update(from: memoryRows, count: memoryStride)
      }
    }
  }
}

extension RecurrentWorker {
  /// Samples that go through their segments together.
  struct Group {
    let samples: [RecurrentSample]
    private let layout: SegmentLayout

    init(_ samples: ArraySlice<RecurrentSample>, plan: RecurrentPlan) {
      precondition(samples.count <= plan.samplesPerGroup, "a group larger than planned")
      self.samples = Array(samples)
      layout = plan.layout
    }

    /// Steps of the longest document.
    var stepCount: Int { samples.map(\.segmentCount).max() ?? 0 }

    /// The samples that have a segment at this step.
    func active(step: Int) -> [Int] {
      samples.indices.filter { samples[$0].segmentCount > step }
    }

    /// Which of its segments a sample is at.
    func segment(of sample: Int, step: Int) -> Int { samples[sample].segmentCount - 1 - step }

    func tokens(of sample: Int, step: Int) -> ArraySlice<Int32> {
      samples[sample].tokens(ofSegment: segment(of: sample, step: step))
    }

    /// The masks of this step, the same on the way there and back; `nil` without a key.
    func dropout(step: Int, key: SIMD2<UInt32>?, firstSample: Int) -> DropoutPlan? {
      key.map { key in
        DropoutPlan(
          key: key,
          sequences: active(step: step).map {
            (UInt32(segment(of: $0, step: step)), UInt32(firstSample + $0))
          })
      }
    }

    func batch(step: Int) -> SequenceBatch {
      SequenceBatch(
        lengths: active(step: step).map {
          layout.rowCount(tokenCount: tokens(of: $0, step: step).count)
        })
    }
  }
}

/// What one step keeps for the way back.
final class SegmentTape<Scalar: KernelScalar> {
  let activations: EncoderActivations<Scalar>
  /// Gradient of the loss at the hidden state at `[CLS]`, `[group, d]`.
  let classificationGradient: UnsafeMutablePointer<Scalar>
  private let arena: Arena<Scalar>

  init(_ plan: RecurrentPlan) {
    activations = EncoderActivations(
      plan.model.encoder, capacity: plan.capacity, keepsEveryLayer: true)
    let count = plan.samplesPerGroup * plan.model.encoder.hiddenSize
    arena = Arena(count: Arena<Scalar>.space(for: count))
    classificationGradient = arena.allocate(count)
  }
}
