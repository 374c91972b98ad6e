/// The stages of a run: short documents first, each stage from the best weights of the one before.
///
/// Source: "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062, §4.2.
public struct Curriculum: Sendable, Hashable {
  /// One stage of a curriculum.
  public struct Stage: Sendable, Hashable {
    /// Its place in the curriculum, from 1.
    public internal(set) var number = 1
    /// Segments of a document; `nil` for documents of any length.
    public var segmentCount: Int?
    /// Optimizer steps.
    public var stepCount: Int
    /// How many of these segments a batch's documents have.
    public var mixing = LengthMixing.none
    /// Positions of a full segment, of which each batch draws a number; `nil` for the run's.
    public var segmentPositions: ClosedRange<Int>?
    /// Whether segments that are smaller than the run's reach its last position: the first half of
    /// their tokens stand at the first positions, the other half at the last ones.
    public var skipsPositions = false
    /// Segments of the documents that choose the best weights; `nil` for ``segmentCount``.
    public var validationSegmentCount: Int?
    /// A task's samples that choose the best weights; `nil` for the data's number.
    ///
    /// A stage that can only gain the last percent wants many.
    public var validationSampleCount: Int?
    /// The highest learning rate; `nil` for the schedule's.
    public var learningRate: Double?
    /// Dropout in place of the run's.
    public var dropout: Double?
    /// Token noise in place of the data's.
    public var tokenNoise: Double?
    /// Segments after which a document's question is asked in between; `nil` for its end alone.
    public var askEvery: Int?
    /// The longest gradient that arrives at a memory on its way back through a document's segments;
    /// `nil` for any.
    public var memoryClipNorm: Double?
    /// Which stories it trains on, of a task that tells stories.
    public var stories = StoryChoice()
    /// Samples in a batch in place of the run's: a stage whose samples disagree wants many.
    public var batchSize: Int?

    /// A stage of documents of that many segments; everything else is the run's until it is set.
    public init(segmentCount: Int?, stepCount: Int) {
      self.segmentCount = segmentCount
      self.stepCount = stepCount
    }

    /// Whether the stage does not undo what the one before it taught.
    ///
    /// Its documents have at least as many segments, or larger ones: the largest are larger, or as large
    /// and the smallest larger. The same length again is a stage with other settings.
    ///
    /// - Parameter positions: positions of the run's segments, which a stage has that names none; where
    ///   they are not known, such segments count as larger than any that are named.
    package func goesOn(from before: Stage, positions: Int = .max) -> Bool {
      guard let count = before.segmentCount else { return true }
      func sizes(_ stage: Stage) -> (largest: Int, smallest: Int) {
        let range = stage.segmentPositions ?? positions...positions
        return (range.upperBound, range.lowerBound)
      }
      return segmentCount.map { $0 >= count } ?? false || sizes(self) > sizes(before)
    }
  }

  /// The stages, in order.
  public let stages: [Stage]

  /// A curriculum of at least one stage; stages are numbered in their order.
  ///
  /// - Throws: ``CurriculumError``.
  public init(stages: [Stage]) throws(CurriculumError) {
    guard !stages.isEmpty else { throw .noStages }
    for (index, stage) in stages.enumerated() {
      for count in [stage.segmentCount, stage.validationSegmentCount].compactMap({ $0 }) {
        guard (1...Self.maximumSegmentCount).contains(count) else {
          throw .segmentCountOutOfRange(stage: index + 1, count)
        }
      }
      if let interval = stage.askEvery, !(1...Self.maximumSegmentCount).contains(interval) {
        throw .askIntervalOutOfRange(stage: index + 1, interval)
      }
      guard (1...Self.maximumQuestionCount).contains(stage.stories.questionCount) else {
        throw .questionsPerStoryOutOfRange(stage: index + 1, stage.stories.questionCount)
      }
      guard (1...Self.maximumStepCount).contains(stage.stepCount) else {
        throw .stepCountOutOfRange(stage: index + 1, stage.stepCount)
      }
      guard stage.mixing == .none || stage.segmentCount != nil else {
        throw .lengthMixingWithoutSegmentCounts
      }
      if index > 0, !stage.goesOn(from: stages[index - 1]) {
        throw .segmentCountsNotRising(stages.map(\.segmentCount))
      }
    }
    self.stages = stages.enumerated().map { index, stage in
      var stage = stage
      stage.number = index + 1
      return stage
    }
  }

  /// A curriculum over segment counts.
  ///
  /// - Parameters:
  ///   - segmentCounts: segments in each stage, not falling; empty for one stage of documents of any
  ///     length.
  ///   - stepCounts: steps of each stage, or one number for all of them.
  /// - Throws: ``CurriculumError``.
  public init(
    segmentCounts: [Int], stepCounts: [Int], mixing: LengthMixing
  ) throws(CurriculumError) {
    try self.init(
      stages: Self.stages(segmentCounts: segmentCounts, stepCounts: stepCounts, mixing: mixing))
  }

  /// The stages of a curriculum over segment counts, before what else they have is set: whether they
  /// follow each other is not checked.
  ///
  /// - Throws: ``CurriculumError/countsDoNotMatch(what:count:stages:)``.
  package static func stages(
    segmentCounts: [Int], stepCounts: [Int], mixing: LengthMixing
  ) throws(CurriculumError) -> [Stage] {
    let counts: [Int?] = segmentCounts.isEmpty ? [nil] : segmentCounts
    guard let stepCounts = spread(stepCounts, over: counts.count) else {
      throw .countsDoNotMatch(what: "step counts", count: stepCounts.count, stages: counts.count)
    }
    return zip(counts, stepCounts).map {
      var stage = Stage(segmentCount: $0, stepCount: $1)
      stage.mixing = mixing
      return stage
    }
  }

  /// A list with one element a stage: the list itself, or its only element for every stage; `nil`
  /// for a list of another length.
  package static func spread<Element>(_ list: [Element], over stageCount: Int) -> [Element]? {
    if list.count == 1 { return Array(repeating: list[0], count: stageCount) }
    return list.count == stageCount ? list : nil
  }

  package static let maximumSegmentCount = 1 << 20
  package static let maximumQuestionCount = 1 << 20
  package static let maximumStepCount = 1 << 40
}
