import JSON
import ModelSchema

/// Fine-tuning data that a task makes as it goes.
public struct TaskData: FineTuningData {
  /// Samples that a task is measured on where nobody says how many.
  public static let usualSampleCount = 200

  private let task: any LongDocumentTask
  private let memory: MemoryConfiguration
  private let validationSampleCount: Int
  private let tokenNoise: TokenNoise?

  /// Data of a task, measured on `validationSampleCount` samples at a time.
  ///
  /// - Parameters:
  ///   - memory: the run's settings; its segments are the largest of any stage.
  ///   - tokenNoise: what disturbs the background of the samples to train on, as much as it says or a
  ///     stage does; `nil` for nothing.
  /// - Throws: ``TaskError``.
  public init(
    task: any LongDocumentTask, memory: MemoryConfiguration, validationSampleCount: Int,
    tokenNoise: TokenNoise? = nil
  ) throws(TaskError) {
    guard validationSampleCount > 0 else { throw .noSampleCount }
    try task.check(segmentSize: memory.segmentSize)
    self.task = task
    self.memory = memory
    self.validationSampleCount = validationSampleCount
    self.tokenNoise = tokenNoise
  }

  /// What the data is: the task and what it depends on.
  public var settings: [(name: String, value: String)] {
    [
      ("task", task.name), ("validation samples", "\(validationSampleCount)"),
      ("token noise", "\(tokenNoise?.share ?? 0)"),
    ] + task.settings
  }

  /// The task's stories; background is recorded by its checksum.
  public var sourcePaths: [String] { task.sourcePaths }

  /// What the task wants to be told of it.
  public var record: JSONObject { task.record }

  /// The accuracy of guessing.
  public func chanceAccuracy(for stage: Curriculum.Stage) -> Double { task.chanceAccuracy }

  /// Noise in the first stage, and stories that are answered without a look at directions.
  ///
  /// Both as measured: Weights/FINDINGS.md, "What helped".
  public func causesOfChance(in stage: Curriculum.Stage) -> [String] {
    guard stage.number == 1 else { return [] }
    var causes: [String] = []
    let noise = stage.tokenNoise ?? tokenNoise?.share ?? 0
    if noise > Self.mostNoiseAtFirst {
      causes.append(
        "a token noise of \(noise) before the memory is used at all, where "
          + "\(Self.mostNoiseAtFirst) does not hinder")
    }
    if task.storyKinds.contains(.ambiguous), !stage.stories.areAmbiguous {
      causes.append(
        "stories of which many are answered without a look at directions, where the ambiguous ones "
          + "alone teach to look")
    }
    return causes
  }

  /// The share of noise in which memory is found as soon as without.
  private static let mostNoiseAtFirst = 0.1

  /// What a person should know before training.
  public func notes(for curriculum: Curriculum) -> [DataNote] { task.notes }

  /// The samples that a stage trains on.
  public func trainingSamples(
    for stage: Curriculum.Stage, seed: UInt64
  ) throws -> any BatchSource {
    try stage.stories.check(allowing: task.storyKinds, stage: stage.number)
    let positions = stage.segmentPositions ?? memory.segmentPositions...memory.segmentPositions
    guard !stage.skipsPositions || positions.lowerBound < memory.segmentPositions else {
      throw CurriculumError.nothingToSkip(stage: stage.number)
    }
    var tokenNoise = tokenNoise
    if let share = stage.tokenNoise {
      precondition(share == 0 || tokenNoise != nil, "a stage's noise without a vocabulary")
      tokenNoise?.share = share
    }
    return TaskBatches(
      task: task, seed: seed, segmentCount: try segmentCount(of: stage), mixing: stage.mixing,
      segmentSizes: try segmentSize(
        of: positions.lowerBound, in: stage)...segmentSize(
          of: positions.upperBound, in: stage), tokenNoise: tokenNoise, choice: stage.stories,
      positionSpan: positionSpan(of: stage))
  }

  /// The samples that a stage is measured on.
  public func validationSamples(
    for stage: Curriculum.Stage, seed: UInt64
  ) throws -> any SampleCollection {
    let positions = stage.segmentPositions?.upperBound ?? memory.segmentPositions
    return TaskSamples(
      task: task, count: stage.validationSampleCount ?? validationSampleCount, seed: seed,
      split: .validation,
      length: DocumentLength(
        segmentCount: try stage.validationSegmentCount ?? segmentCount(of: stage),
        segmentSize: try segmentSize(of: positions, in: stage)),
      positionSpan: positionSpan(of: stage))
  }

  private func positionSpan(of stage: Curriculum.Stage) -> Int? {
    stage.skipsPositions ? memory.segmentPositions : nil
  }

  private func segmentCount(of stage: Curriculum.Stage) throws -> Int {
    guard let segmentCount = stage.segmentCount else {
      throw CurriculumError.taskWithoutSegmentCount
    }
    return segmentCount
  }

  /// Document tokens in a segment of so many positions.
  private func segmentSize(of positions: Int, in stage: Curriculum.Stage) throws -> Int {
    let overhead = memory.segmentPositions - memory.segmentSize
    let least = overhead + task.leastSegmentSize
    guard (least...memory.segmentPositions).contains(positions) else {
      throw CurriculumError.segmentPositionsOutOfRange(
        stage: stage.number, stage.segmentPositions ?? positions...positions,
        least...memory.segmentPositions)
    }
    return positions - overhead
  }
}

/// Batches of a stage, whose lengths are drawn anew for each batch as the stage says; segments are of
/// one size throughout a batch.
///
/// With several questions per story as many documents in a row are one, noise and length included,
/// but for question and label; fewer where the story has not so many questions.
struct TaskBatches: BatchSource {
  let task: any LongDocumentTask
  let seed: UInt64
  let segmentCount: Int
  let mixing: LengthMixing
  let segmentSizes: ClosedRange<Int>
  let tokenNoise: TokenNoise?
  let choice: StoryChoice
  let positionSpan: Int?

  func batch(step: Int, sampleCount: Int) -> [LabeledSample] {
    var stream = SamplePurpose.mixedLength.stream(seed: seed, split: .training, step: step)
    let stories = stories(step: step, sampleCount: sampleCount)
    let counts = mixing.segmentCounts(
      upTo: segmentCount, sampleCount: stories.count, &stream)
    let size = segmentSizes.lowerBound + stream.index(below: segmentSizes.count)
    // Documents, and the first one of the same story, which names its noise.
    let documents = zip(stories, counts).flatMap { places, count in
      places.map { place in
        var document = task.document(
          at: place, length: DocumentLength(segmentCount: count, segmentSize: size))
        document.positionSpan = positionSpan
        return (document: document, story: place.index)
      }
    }
    guard let tokenNoise, tokenNoise.share > 0 else { return documents.map(\.document.sample) }
    let all = documents.map(\.document)
    return documents.map { document, story in
      var stream = SamplePurpose.tokenNoise.stream(
        seed: seed, split: .training, step: step, index: story)
      return document.sample(with: tokenNoise, among: all, &stream)
    }
  }

  /// The places of a step's documents, those of a story side by side.
  private func stories(step: Int, sampleCount: Int) -> [[DocumentPlace]] {
    var stories: [[DocumentPlace]] = []
    var index = 0
    while index < sampleCount {
      var question = QuestionChoice()
      if choice.plainShare > 0 {
        var stream = SamplePurpose.plainQuestion.stream(
          seed: seed, split: .training, step: step, index: index)
        question.prefersPlain = stream.uniform() < choice.plainShare
      }
      var isCorner = false
      if choice.cornerShare > 0 {
        var stream = SamplePurpose.cornerStories.stream(
          seed: seed, split: .training, step: step, index: index)
        isCorner = stream.uniform() < choice.cornerShare
      }
      func place(_ number: Int) -> DocumentPlace {
        question.number = number
        return DocumentPlace(
          seed: seed, split: .training, step: step, index: index, question: question,
          isAmbiguous: choice.areAmbiguous, isCorner: isCorner)
      }
      var count = min(choice.questionCount, sampleCount - index)
      if count > 1 { count = min(count, task.questionCount(at: place(0))) }
      stories.append((0..<count).map(place))
      index += count
    }
    return stories
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
  private let positionSpan: Int?

  /// Samples to measure a finished model on; they never occur in training or validation.
  ///
  /// - Throws: ``TaskError`` when a fact and the question do not fit into a segment.
  public init(
    testing task: any LongDocumentTask, count: Int, length: DocumentLength, seed: UInt64
  ) throws(TaskError) {
    try task.check(segmentSize: length.segmentSize)
    self.init(
      task: task, count: count, seed: seed, split: .test, length: length,
      positionSpan: nil)
  }

  init(
    task: any LongDocumentTask, count: Int, seed: UInt64, split: DataSplit, length: DocumentLength,
    positionSpan: Int?
  ) {
    self.positionSpan = positionSpan
    self.task = task
    self.count = count
    self.seed = seed
    self.split = split
    self.length = length
  }

  /// The document at a position, unmade.
  public func document(at position: Int) -> TaskDocument {
    let place = DocumentPlace(seed: seed, split: split, index: position)
    var document = task.document(at: place, length: length)
    document.positionSpan = positionSpan
    return document
  }

  /// The document at a position, unmade.
  public func segmented(at position: Int) -> any SegmentedDocument { document(at: position) }

  /// The document at a position, made whole.
  public subscript(position: Int) -> LabeledSample { document(at: position).sample }
}
