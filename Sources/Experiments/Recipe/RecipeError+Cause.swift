import FineTuning
import ModelSchema
import RecurrentMemory
import TensorStorage

extension RecipeError {
  /// Does a part of the work; what does not fit becomes an error about the key that is to blame.
  ///
  /// Where the parts' advice speaks of the options of their own verbs, which a recipe does not have, it
  /// is given in a recipe's words.
  ///
  /// - Parameters:
  ///   - stories: the key that names the stories which the work reads; where it is not given they are
  ///     told by their path, and are else the task's.
  ///   - pathKeys: keys of files and folders, by their paths, that are to blame for what is in them.
  /// - Throws: ``unfit(file:key:problem:advice:kind:)``; errors that no key is to blame for, as they are.
  static func blamingKeys<Result>(
    of file: String, stories: String? = nil, pathKeys: [String: String] = [:],
    _ work: () throws -> Result
  ) throws -> Result {
    do {
      return try work()
    } catch let error as any DescribedError {
      guard let key = key(toBlameFor: error, stories: stories, pathKeys) else { throw error }
      let problem = error.place.map { "\($0): \(error.problem)" } ?? error.problem
      throw unfit(
        file: file, key: key, problem: problem, advice: advice(for: error), kind: error.kind)
    }
  }

  private static func key(
    toBlameFor error: any DescribedError, stories: String?, _ pathKeys: [String: String]
  ) -> String? {
    /// The key of the innermost file or folder that holds a path.
    func key(of path: String?) -> String? {
      guard let path else { return nil }
      return pathKeys.filter { path == $0.key || path.hasPrefix($0.key + "/") }
        .max { $0.key.count < $1.key.count }?.value
    }
    return switch error {
    case let error as StoryError: stories ?? key(of: error.source) ?? "task.stories"
    case BackgroundError.tooShort(_, .evaluation, _, _), BackgroundError.sharedText:
      "task.evaluationBackground"
    case let error as BackgroundError: key(of: error.place) ?? "task.background"
    case TaskError.segmentTooSmall, RecurrenceError.segmentPositions: "model.segmentPositions"
    case TaskError.unknownWord, RecurrenceError.noTokenizer: "model.checkpoint"
    case TaskError.missingLabels: stories ?? "task.stories"
    case CurriculumError.segmentPositionsOutOfRange(let stage, _, _):
      "training.stages[\(stage - 1)].segmentPositions"
    case CurriculumError.oneQuestionPerStory(let stage):
      "training.stages[\(stage - 1)].questionsPerStory"
    case CurriculumError.noAmbiguousStories(let stage):
      "training.stages[\(stage - 1)].ambiguousStories"
    case CurriculumError.noCornerStories(let stage):
      "training.stages[\(stage - 1)].cornerStories"
    case CurriculumError.noPlainQuestions(let stage):
      "training.stages[\(stage - 1)].plainQuestions"
    case CurriculumError.nothingToSkip(let stage):
      "training.stages[\(stage - 1)].skipPositions"
    case is CurriculumError: "training.stages"
    case RecurrenceError.otherMemory: "model.memoryTokens"
    case FineTuningError.targetBelowChance: "training.targetAccuracy"
    case FineTuningError.invalidOption: "training"
    case let error as ConfigurationError:
      switch error.clause {
      case .noRoomInSegment: "model.memoryTokens"
      case .segmentTooLong: "model.segmentPositions"
      default: nil
      }
    default: nil
    }
  }

  /// What to do, in a recipe's words.
  private static func advice(for error: any DescribedError) -> String? {
    switch error {
    case StoryError.tooFewStories: "Name other stories with task.validationStories."
    case StoryError.trainedFile, StoryError.onlyTrainedStories:
      "Name stories that the model has not seen."
    case StoryError.notRelations: "Stories of other kinds are for the task babi."
    case StoryError.unknownAnswers, TaskError.missingLabels:
      "Correct them, leave those stories out, or train on stories that have all these answers."
    case BackgroundError.foreignVocabulary: "Name text in the model's language."
    case RecurrenceError.noTokenizer: "Name a checkpoint beside which its vocabulary lies."
    case RecurrenceError.segmentPositions:
      "Choose other model.segmentPositions or fewer model.memoryTokens."
    case CurriculumError.segmentPositionsOutOfRange:
      "Give the largest segments as model.segmentPositions, and a stage no larger ones."
    case CurriculumError.nothingToSkip:
      "Leave the key out, or give the stage smaller segmentPositions."
    case is CurriculumError: "Leave the key out, or correct the stage."
    default: error.advice
    }
  }
}
