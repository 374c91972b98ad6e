/// Fine-tuning data that a task makes as it goes.
public struct TaskData: FineTuningData {
  private let task: any LongDocumentTask
  private let segmentSize: Int
  private let validationSampleCount: Int

  /// Data of a task in segments of `segmentSize` document tokens, measured on
  /// `validationSampleCount` samples at a time.
  ///
  /// - Throws: ``TaskError``.
  public init(
    task: any LongDocumentTask, segmentSize: Int, validationSampleCount: Int
  ) throws(TaskError) {
    guard validationSampleCount > 0 else { throw .noSampleCount }
    try task.check(segmentSize: segmentSize)
    self.task = task
    self.segmentSize = segmentSize
    self.validationSampleCount = validationSampleCount
  }

  /// What the data is: the task and what it depends on.
  public var settings: [(name: String, value: String)] {
    [("task", task.name), ("validation samples", "\(validationSampleCount)")] + task.settings
  }

  /// None: a task's files are recorded by their checksums.
  public var sourcePaths: [String] { [] }

  /// What a person should know before training.
  public func notes(for curriculum: Curriculum) -> [DataNote] { task.notes }

  /// The samples that a stage trains on.
  public func trainingSamples(
    for stage: Curriculum.Stage, seed: UInt64
  ) throws -> any BatchSource {
    TaskBatches(
      task: task, seed: seed, length: try length(of: stage), mixesLengths: stage.mixesLengths)
  }

  /// The samples that a stage is measured on.
  public func validationSamples(
    for stage: Curriculum.Stage, seed: UInt64
  ) throws -> any SampleCollection {
    TaskSamples(
      task: task, count: validationSampleCount, seed: seed, split: .validation,
      length: try length(of: stage))
  }

  private func length(of stage: Curriculum.Stage) throws -> DocumentLength {
    guard let segmentCount = stage.segmentCount else {
      throw CurriculumError.taskWithoutSegmentCount
    }
    return DocumentLength(segmentCount: segmentCount, segmentSize: segmentSize)
  }
}

/// Batches of a stage: all samples of a batch have the same length, the stage's or, with mixed
/// lengths, a random one up to the stage's.
struct TaskBatches: BatchSource {
  let task: any LongDocumentTask
  let seed: UInt64
  let length: DocumentLength
  let mixesLengths: Bool

  func batch(step: Int, sampleCount: Int) -> [LabeledSample] {
    var segmentCount = length.segmentCount
    if mixesLengths {
      var stream = SamplePurpose.mixedLength.stream(seed: seed, split: .training, step: step)
      segmentCount = 1 + stream.index(below: segmentCount)
    }
    let length = DocumentLength(segmentCount: segmentCount, segmentSize: length.segmentSize)
    return (0..<sampleCount).map { index in
      let place = DocumentPlace(seed: seed, split: .training, step: step, index: index)
      return task.document(at: place, length: length).sample
    }
  }
}

/// A number of a task's documents of one length.
public struct TaskSamples: SampleCollection {
  let task: any LongDocumentTask
  /// How many there are.
  public let count: Int
  let seed: UInt64
  let split: DataSplit
  /// How long the documents are.
  public let length: DocumentLength

  /// Samples to measure a finished model on; they never occur in training or validation.
  ///
  /// - Throws: ``TaskError`` when a fact and the question do not fit into a segment.
  public init(
    testing task: any LongDocumentTask, count: Int, length: DocumentLength, seed: UInt64
  ) throws(TaskError) {
    try task.check(segmentSize: length.segmentSize)
    self.init(task: task, count: count, seed: seed, split: .test, length: length)
  }

  init(
    task: any LongDocumentTask, count: Int, seed: UInt64, split: DataSplit, length: DocumentLength
  ) {
    self.task = task
    self.count = count
    self.seed = seed
    self.split = split
    self.length = length
  }

  /// The document at a position, unmade.
  public func document(at position: Int) -> TaskDocument {
    let place = DocumentPlace(seed: seed, split: split, index: position)
    return task.document(at: place, length: length)
  }

  /// The document at a position, made whole.
  public subscript(position: Int) -> LabeledSample { document(at: position).sample }
}
