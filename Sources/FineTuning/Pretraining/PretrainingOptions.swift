import ModelSchema
import TensorStorage

/// Everything that decides how a pretraining learns; the caller gives every value.
public struct PretrainingOptions: Sendable {
  /// Optimizer steps.
  public var stepCount: Int
  /// The learning rate's way through the run.
  public var schedule: LearningRateSchedule
  /// The optimizer.
  public var optimizer: AdamW
  /// What is done to gradients before the optimizer.
  public var clipping: GradientClipping
  /// Sequences of an optimizer step.
  public var batchSize: Int
  /// Dropout probability of hidden states and attention; `nil` for what the model's configuration says.
  public var dropout: Double?
  /// Steps between evaluations.
  public var evaluationInterval: Int
  /// Steps between saves of the training state; `nil` for as often as costs a twentieth of the time.
  public var saveInterval: Int?
  /// Seed of the head's first numbers, of order, stories, masks and dropout.
  public var seed: UInt64
  /// Threads that compute.
  public var threadCount: Int
  /// Type of the matrices in the result's file.
  public var elementType: ElementType

  /// Options with every value given.
  public init(
    stepCount: Int, schedule: LearningRateSchedule, optimizer: AdamW, clipping: GradientClipping,
    batchSize: Int, dropout: Double?, evaluationInterval: Int, saveInterval: Int?, seed: UInt64,
    threadCount: Int, elementType: ElementType
  ) {
    self.stepCount = stepCount
    self.schedule = schedule
    self.optimizer = optimizer
    self.clipping = clipping
    self.batchSize = batchSize
    self.dropout = dropout
    self.evaluationInterval = evaluationInterval
    self.saveInterval = saveInterval
    self.seed = seed
    self.threadCount = threadCount
    self.elementType = elementType
  }

  /// Checks every value by itself and against the model.
  ///
  /// - Parameter positions: of a full sequence.
  /// - Throws: ``FineTuningError/invalidOption(name:value:expected:)``.
  func validate(for model: ModelDescription, positions: Int) throws(FineTuningError) {
    let check = OptionCheck.require
    let most = model.encoder.maximumPositions
    try check(
      (3...max(3, most)).contains(positions) && positions <= most, "positions", positions,
      "3, for two special tokens and one of the text, to the model's \(most)")
    try check(
      (1...Curriculum.maximumStepCount).contains(stepCount), "steps", stepCount,
      "1 to \(Curriculum.maximumStepCount)")
    try optimization.validate()
    try check((1...1 << 20).contains(batchSize), "batch", batchSize, "1 to \(1 << 20) sequences")
    if let dropout { try check((0..<1).contains(dropout), "dropout", dropout, "0 up to below 1") }
    try check(
      evaluationInterval >= 1, "evaluation interval", evaluationInterval, "1 or more steps")
    if let saveInterval {
      try check(saveInterval >= 1, "save interval", saveInterval, "1 or more steps")
    }
    try check((1...1024).contains(threadCount), "threads", threadCount, "1 to 1024")
    try check(
      [.f32, .f16, .bf16].contains(elementType), "type", elementType.rawValue, "f32, f16 or bf16")
  }

  /// How gradients become steps.
  var optimization: Optimization {
    Optimization(schedule: schedule, optimizer: optimizer, clipping: clipping)
  }

  /// The options on which the result's bits depend, by the names that people know them by.
  var settings: [(name: String, value: String)] {
    [("steps", "\(stepCount)")] + optimization.settings + [
      ("batch", "\(batchSize)"),
      ("dropout", dropout.map { "\($0)" } ?? "the model's"),
      ("evaluation interval", "\(evaluationInterval)"),
      ("seed", "\(seed)"),
      ("type", elementType.rawValue),
    ]
  }
}
