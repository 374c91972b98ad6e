import ModelSchema
import RecurrentMemory
import TensorStorage

/// Everything that decides how a run learns; the caller gives every value.
public struct FineTuningOptions: Sendable {
  /// The memory's settings for this run, kept in the result; the model's own token count.
  public var memory: MemoryConfiguration
  /// The stages.
  public var curriculum: Curriculum
  /// The learning rate's way through each stage.
  public var schedule: LearningRateSchedule
  /// The optimizer.
  public var optimizer: AdamW
  /// What is done to gradients before the optimizer.
  public var clipping: GradientClipping
  /// Samples whose gradients are computed together.
  public var batchSize: Int
  /// Batches whose gradients are averaged for one optimizer step.
  public var accumulationCount: Int
  /// Dropout probability everywhere; `nil` for what the model's configuration says.
  public var dropout: Double?
  /// How far back gradients flow through a document's segments.
  public var backpropagation: Backpropagation
  /// Whether every segment's logits count in the loss, or the last segment's alone.
  public var lossOnAllSegments: Bool
  /// Steps between evaluations; `nil` for one at the end of each stage.
  public var evaluationInterval: Int?
  /// Accuracy that ends a stage before its last step; `nil` for none.
  public var targetAccuracy: Double?
  /// Evaluations in a row that must reach ``targetAccuracy``.
  public var targetEvaluationCount: Int
  /// Whether a run ends where a stage has learned nothing, in place of going on to the next.
  public var stopsAtChance: Bool
  /// Steps between saves of the training state; `nil` for as often as costs a twentieth of the time.
  public var saveInterval: Int?
  /// Seed of data order, task samples and dropout.
  public var seed: UInt64
  /// Threads that compute.
  public var threadCount: Int
  /// Type of the matrices in the result's file.
  public var elementType: ElementType

  /// Options with every value given.
  public init(
    memory: MemoryConfiguration, curriculum: Curriculum, schedule: LearningRateSchedule,
    optimizer: AdamW, clipping: GradientClipping, batchSize: Int, accumulationCount: Int,
    dropout: Double?, backpropagation: Backpropagation, lossOnAllSegments: Bool,
    evaluationInterval: Int?, targetAccuracy: Double?, targetEvaluationCount: Int,
    stopsAtChance: Bool, saveInterval: Int?, seed: UInt64, threadCount: Int,
    elementType: ElementType
  ) {
    self.memory = memory
    self.curriculum = curriculum
    self.schedule = schedule
    self.optimizer = optimizer
    self.clipping = clipping
    self.batchSize = batchSize
    self.accumulationCount = accumulationCount
    self.dropout = dropout
    self.backpropagation = backpropagation
    self.lossOnAllSegments = lossOnAllSegments
    self.evaluationInterval = evaluationInterval
    self.targetAccuracy = targetAccuracy
    self.targetEvaluationCount = targetEvaluationCount
    self.stopsAtChance = stopsAtChance
    self.saveInterval = saveInterval
    self.seed = seed
    self.threadCount = threadCount
    self.elementType = elementType
  }

  /// Checks every value by itself and against the model.
  ///
  /// - Throws: ``FineTuningError/invalidOption(name:value:expected:)``.
  package func validate(for model: ModelDescription) throws(FineTuningError) {
    let check = OptionCheck.require
    try check(
      memory.tokenCount == model.memory?.tokenCount, "memory tokens", memory.tokenCount,
      "the model's \(model.memory?.tokenCount ?? 0)")
    let positions = memory.segmentPositions
    let least = memory.tokenCount + MemoryConfiguration.specialTokensPerSegment + 1
    let most = model.encoder.maximumPositions
    try check(
      least <= positions && positions <= most, "segment positions", positions,
      "\(least), for memory, special tokens and one token, to the model's \(most)")
    try optimization.validate()
    for rate in curriculum.stages.compactMap(\.learningRate) {
      try check(rate.isFinite && rate > 0, "learning rate", rate, "a number above 0")
    }
    for size in [batchSize] + curriculum.stages.compactMap(\.batchSize) {
      try check((1...1 << 20).contains(size), "batch", size, "1 to \(1 << 20) samples")
      // Both together are bounded, so that numbering samples over a run cannot overflow.
      try check(
        (1...(1 << 20) / size).contains(accumulationCount), "accumulation", accumulationCount,
        "1 to \((1 << 20) / size) batches of that size")
    }
    for dropout in [dropout] + curriculum.stages.map(\.dropout) {
      guard let dropout else { continue }
      try check((0..<1).contains(dropout), "dropout", dropout, "0 up to below 1")
    }
    for norm in curriculum.stages.compactMap(\.memoryClipNorm) {
      try check(norm.isFinite && norm > 0, "memory clip norm", norm, "a number above 0")
    }
    for count in curriculum.stages.compactMap(\.validationSampleCount) {
      try check((1...1 << 20).contains(count), "validation samples", count, "1 to \(1 << 20)")
    }
    for share in curriculum.stages.compactMap(\.tokenNoise) {
      try check((0...1).contains(share), "token noise", share, "0 to 1")
    }
    for share in curriculum.stages.map(\.stories.cornerShare) {
      try check((0...1).contains(share), "corner stories", share, "0 to 1")
    }
    for share in curriculum.stages.map(\.stories.plainShare) {
      try check((0...1).contains(share), "plain questions", share, "0 to 1")
    }
    if case .truncated(let segmentCount) = backpropagation {
      try check(segmentCount >= 1, "truncation", segmentCount, "1 or more segments")
    }
    for interval in curriculum.stages.compactMap(\.askEvery) {
      try check(
        !lossOnAllSegments, "ask every", interval, "no such interval with a loss on all segments")
    }
    if let interval = evaluationInterval {
      try check(interval >= 1, "evaluation interval", interval, "1 or more steps")
    }
    if let accuracy = targetAccuracy {
      try check((0...1).contains(accuracy), "target accuracy", accuracy, "0 to 1")
    }
    try check(
      targetEvaluationCount >= 1, "target evaluations", targetEvaluationCount, "1 or more")
    if let saveInterval {
      try check(saveInterval >= 1, "save interval", saveInterval, "1 or more steps")
    }
    try check((1...1024).contains(threadCount), "threads", threadCount, "1 to 1024")
    try check(
      [.f32, .f16, .bf16].contains(elementType), "type", elementType.rawValue,
      "f32, f16 or bf16")
  }

  /// What the loss of a stage's samples looks at.
  func objective(of stage: Curriculum.Stage) -> RecurrentObjective {
    RecurrentObjective(
      lossSegments: lossOnAllSegments ? .all : .last, backpropagation: backpropagation,
      askEvery: stage.askEvery, memoryClipNorm: stage.memoryClipNorm)
  }

  /// How gradients become steps.
  var optimization: Optimization {
    Optimization(schedule: schedule, optimizer: optimizer, clipping: clipping)
  }
}
