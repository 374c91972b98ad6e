/// Fine-tuning data that the Memorize task makes as it goes.
public struct MemorizeData: FineTuningData {
  private let task: MemorizeTask
  private let validationSampleCount: Int

  /// Data of a task, measured on `validationSampleCount` samples at a time.
  public init(task: MemorizeTask, validationSampleCount: Int) throws(TaskError) {
    guard validationSampleCount > 0 else { throw .noSampleCount }
    self.task = task
    self.validationSampleCount = validationSampleCount
  }

  /// What the data is: counts and checksums.
  public var settings: [(name: String, value: String)] {
    [
      ("task", "memorize"), ("validation samples", "\(validationSampleCount)"),
      ("background", "checksum \(task.background.fingerprint)"),
    ]
  }

  /// None: the background is recorded by its checksum.
  public var sourcePaths: [String] { [] }

  /// What a person should know before training.
  public func notes(for curriculum: Curriculum) -> [DataNote] { task.background.notes }

  /// The samples that a stage trains on.
  public func trainingSamples(
    for stage: Curriculum.Stage, seed: UInt64
  ) throws -> any BatchSource {
    guard let segmentCount = stage.segmentCount else {
      throw CurriculumError.taskWithoutSegmentCount
    }
    return MemorizeBatches(
      task: task, seed: seed, segmentCount: segmentCount, mixesLengths: stage.mixesLengths)
  }

  /// The samples that a stage is measured on.
  public func validationSamples(
    for stage: Curriculum.Stage, seed: UInt64
  ) throws -> any SampleCollection {
    guard let segmentCount = stage.segmentCount else {
      throw CurriculumError.taskWithoutSegmentCount
    }
    return MemorizeSamples(
      task: task, count: validationSampleCount, seed: seed, split: .validation,
      segmentCount: segmentCount)
  }
}

/// Batches of a stage: all samples of a batch have the same length, the stage's or, with mixed
/// lengths, a random one up to the stage's.
struct MemorizeBatches: BatchSource {
  let task: MemorizeTask
  let seed: UInt64
  let segmentCount: Int
  let mixesLengths: Bool

  func batch(step: Int, sampleCount: Int) -> [LabeledSample] {
    var length = segmentCount
    if mixesLengths {
      var stream = SamplePurpose.mixedLength.stream(seed: seed, split: .training, step: step)
      length = 1 + stream.index(below: segmentCount)
    }
    return (0..<sampleCount).map { index in
      task.sample(seed: seed, split: .training, step: step, index: index, segmentCount: length)
    }
  }
}
