import TensorStorage

/// A curriculum contradicts itself or its data; stages are numbered from 1.
public enum CurriculumError: DescribedError, Equatable {
  /// There is nothing to train.
  case noStages
  /// A stage's documents have less than one segment or more than ``Curriculum/maximumSegmentCount``.
  case segmentCountOutOfRange(stage: Int, Int)
  /// A stage has shorter documents than the one before it, and no larger segments; `nil` for any length.
  case segmentCountsNotRising([Int?])
  /// A stage has less than one step or more than ``Curriculum/maximumStepCount``.
  case stepCountOutOfRange(stage: Int, Int)
  /// There are neither as many numbers as stages nor one for all of them.
  case countsDoNotMatch(what: String, count: Int, stages: Int)
  /// A stage's segments are larger than the run's, or too small to hold a token.
  case segmentPositionsOutOfRange(stage: Int, ClosedRange<Int>, ClosedRange<Int>)
  /// No document is short enough for a stage.
  case emptyStage(stage: Int, segmentCount: Int, file: String)
  /// A task makes samples of a length that has to be given.
  case taskWithoutSegmentCount
  /// Lengths are mixed up to a number of segments that nobody gave.
  case lengthMixingWithoutSegmentCounts
  /// A question after less than one segment or more than ``Curriculum/maximumSegmentCount``.
  case askIntervalOutOfRange(stage: Int, Int)
  /// Where a document's facts are, only its task knows.
  case askedInBetweenDocuments
  /// Less than one question or more than ``Curriculum/maximumQuestionCount``.
  case questionsPerStoryOutOfRange(stage: Int, Int)
  /// All documents of the task are asked the same.
  case oneQuestionPerStory(stage: Int)
  /// The task tells no ambiguous stories.
  case noAmbiguousStories(stage: Int)
  /// The task tells no stories around a corner, or a file tells them.
  case noCornerStories(stage: Int)
  /// The task knows no plain questions.
  case noPlainQuestions(stage: Int)
  /// Documents of a file are whole: what else could be asked of them is not known.
  case questionsOfDocuments
  /// All documents of a file are measured.
  case validationSamplesOfDocuments
  /// Documents of a file have no background that is told from the rest.
  case tokenNoiseOfDocuments
  /// A stage of documents mixes lengths by itself.
  case lengthMixingOfDocuments
  /// Documents from a file are cut in one size.
  case skippedPositionsOfDocuments
  /// Segments are as large as the run's and have all its positions.
  case nothingToSkip(stage: Int)
  /// Documents are cut in one way only.
  case segmentPositionsOfDocuments

  /// The family it belongs to.
  public var kind: FailureKind {
    switch self {
    case .emptyStage: .badData
    default: .usage
    }
  }

  /// Where: the file, or nothing; a stage is told with the problem.
  public var place: String? {
    switch self {
    case .emptyStage(_, _, let file): file
    default: nil
    }
  }

  /// What happened and what was expected.
  public var problem: String {
    switch self {
    case .noStages: "the curriculum has no stages"
    case .segmentCountOutOfRange(let stage, let count):
      "stage \(stage) has documents of \(count) segments; 1 to \(Curriculum.maximumSegmentCount) were expected"
    case .segmentCountsNotRising(let counts):
      "the stages' segment counts \(counts.map { $0.map(String.init) ?? "any" }.joined(separator: ",")) "
        + "do not rise"
    case .stepCountOutOfRange(let stage, let count):
      "stage \(stage) has \(count) steps; 1 to \(Curriculum.maximumStepCount) were expected"
    case .countsDoNotMatch(let what, let count, let stages):
      "\(count) \(what) for \(stages) \(stages == 1 ? "stage" : "stages")"
    case .segmentPositionsOutOfRange(let stage, let positions, let limits):
      "stage \(stage) has segments of \(positions.lowerBound) to \(positions.upperBound) "
        + "positions; \(limits.lowerBound) to \(limits.upperBound) were expected"
    case .emptyStage(let stage, let segmentCount, _):
      "stage \(stage) takes documents of up to \(segmentCount) "
        + "\(segmentCount == 1 ? "segment" : "segments"), and the file has none that short"
    case .taskWithoutSegmentCount: "a task needs to know how many segments its documents have"
    case .lengthMixingWithoutSegmentCounts:
      "lengths can be mixed only up to a number of segments, and none was given"
    case .askIntervalOutOfRange(let stage, let interval):
      "stage \(stage) has a question after every \(interval) segments; 1 to \(Curriculum.maximumSegmentCount) were expected"
    case .askedInBetweenDocuments:
      "documents from a file cannot be asked in between: where their facts are is not known"
    case .questionsPerStoryOutOfRange(let stage, let count):
      "stage \(stage) has \(count) questions per story; 1 to \(Curriculum.maximumQuestionCount) were expected"
    case .oneQuestionPerStory(let stage):
      "stage \(stage) has several questions per story, and the task asks the same facts only one"
    case .noAmbiguousStories(let stage):
      "stage \(stage) wants ambiguous stories, and the task has none"
    case .noCornerStories(let stage):
      "stage \(stage) wants stories around a corner, and the task has none"
    case .noPlainQuestions(let stage):
      "stage \(stage) prefers plain questions, and the task has none"
    case .questionsOfDocuments:
      "documents from a file have one question each"
    case .validationSamplesOfDocuments:
      "a stage is measured on all documents of a file"
    case .tokenNoiseOfDocuments:
      "documents from a file have no background that could be disturbed"
    case .lengthMixingOfDocuments:
      "a stage of documents already mixes all lengths up to its segment count"
    case .skippedPositionsOfDocuments:
      "documents from a file have segments of the run's size, with no positions to skip"
    case .nothingToSkip(let stage):
      "stage \(stage) skips positions, and its segments have as many as the run's"
    case .segmentPositionsOfDocuments:
      "a stage of documents cannot have segments of its own size"
    }
  }

  /// What to do.
  public var advice: String? {
    switch self {
    case .noStages: "Give at least one."
    case .segmentCountOutOfRange: "Give the stages from short to long, as in --segments 1,2,4."
    case .segmentCountsNotRising:
      "Give the stages from short to long, as in --segments 1,2,4; fewer segments may follow only "
        + "where they are larger, as in --segments 8,2 --stage-positions 64,512."
    case .stepCountOutOfRange, .countsDoNotMatch:
      "Give one for all stages, or one for each, as in --steps 100,200,200."
    case .segmentPositionsOutOfRange:
      "Give the largest segments with --segment-positions and smaller ones for a stage."
    case .emptyStage: "Leave that stage out, or start with a longer one."
    case .taskWithoutSegmentCount, .lengthMixingWithoutSegmentCounts:
      "Name them, as in --segments 1,2,4."
    case .askIntervalOutOfRange:
      "Give --ask-every such a number, or 0 for a question at the end alone."
    case .askedInBetweenDocuments: "Leave out --ask-every."
    case .questionsPerStoryOutOfRange: "Give --questions-per-story such a number."
    case .oneQuestionPerStory: "Leave out --questions-per-story."
    case .noAmbiguousStories: "Leave out --ambiguous-stories."
    case .noCornerStories:
      "Leave out --corner-stories; --task reason without --stories alone can have it."
    case .noPlainQuestions: "Leave out --plain-questions."
    case .questionsOfDocuments:
      "Leave out --questions-per-story, --plain-questions, --ambiguous-stories and --corner-stories."
    case .validationSamplesOfDocuments: "Leave out --evaluation-samples."
    case .tokenNoiseOfDocuments: "Leave out --token-noise."
    case .lengthMixingOfDocuments: "Leave out --mixing."
    case .nothingToSkip:
      "Give it smaller ones, or no for that stage, as in --stage-positions 64,512 --skip-positions yes,no."
    case .skippedPositionsOfDocuments: "Leave out --skip-positions."
    case .segmentPositionsOfDocuments: "Give --segment-positions alone."
    }
  }
}
