import TensorStorage

/// A curriculum contradicts itself or its data.
public enum CurriculumError: DescribedError, Equatable {
  case segmentCountOutOfRange(Int)
  case segmentCountsNotRising([Int])
  case stepCountOutOfRange(Int)
  case stepCountsDoNotMatch(stepCounts: Int, stages: Int)
  /// No document is short enough for a stage.
  case emptyStage(stage: Int, segmentCount: Int, file: String)
  /// A task makes samples of a length that has to be given.
  case taskWithoutSegmentCount
  case lengthMixingWithoutSegmentCounts
  /// A stage of documents mixes lengths by itself.
  case lengthMixingOfDocuments

  /// The family it belongs to.
  public var kind: FailureKind {
    switch self {
    case .emptyStage: .badData
    default: .usage
    }
  }

  /// Where: the file and line, the stage, or nothing.
  public var place: String? {
    switch self {
    case .emptyStage(_, _, let file): file
    default: nil
    }
  }

  /// What happened and what was expected.
  public var problem: String {
    switch self {
    case .segmentCountOutOfRange(let count):
      "a stage of \(count) segments; 1 to \(Curriculum.maximumSegmentCount) were expected"
    case .segmentCountsNotRising(let counts):
      "the stages' segment counts \(counts.map(String.init).joined(separator: ",")) do not rise"
    case .stepCountOutOfRange(let count):
      "a stage of \(count) steps; 1 to \(Curriculum.maximumStepCount) were expected"
    case .stepCountsDoNotMatch(let stepCounts, let stages):
      "\(stepCounts) numbers of steps for \(stages) \(stages == 1 ? "stage" : "stages")"
    case .emptyStage(let stage, let segmentCount, _):
      "stage \(stage) takes documents of up to \(segmentCount) "
        + "\(segmentCount == 1 ? "segment" : "segments"), and the file has none that short"
    case .taskWithoutSegmentCount: "a task needs to know how many segments its documents have"
    case .lengthMixingWithoutSegmentCounts:
      "lengths can be mixed only up to a number of segments, and none was given"
    case .lengthMixingOfDocuments:
      "a stage of documents already mixes all lengths up to its segment count"
    }
  }

  /// What to do.
  public var advice: String? {
    switch self {
    case .segmentCountOutOfRange, .segmentCountsNotRising:
      "Give the stages from short to long, as in --segments 1,2,4."
    case .stepCountOutOfRange, .stepCountsDoNotMatch:
      "Give one number of steps for all stages, or one for each, as in --steps 100,200,200."
    case .emptyStage: "Leave that stage out, or start with a longer one."
    case .taskWithoutSegmentCount, .lengthMixingWithoutSegmentCounts:
      "Name them, as in --segments 1,2,4."
    case .lengthMixingOfDocuments: "Leave out --mix-lengths."
    }
  }
}
