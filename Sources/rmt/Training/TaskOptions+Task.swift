import FineTuning
import ModelFile
import ModelSchema
import TensorStorage

extension TaskOptions {
  /// The task that the options name, for a model.
  ///
  /// - Parameter evaluationStories: stories to be measured on while training.
  /// - Throws: `TaskError`, `StoryError`, `BackgroundError`, `FileError`, `Interrupted`.
  func makeTask(
    for model: ModelFile, memory: MemoryConfiguration, seed: UInt64, use: TaskRequest.Use,
    evaluationStories: String? = nil
  ) throws -> any LongDocumentTask {
    guard let task else {
      throw CommandError.usage(problem: "no task is named", advice: "Name one with --task.")
    }
    var request = TaskRequest(task)
    request.factPositions = factPositions
    request.background = background
    request.evaluationBackground = evaluationBackground
    request.stories = stories
    request.evaluationStories = evaluationStories
    request.allowsTrainingStories = allowTrainingStories
    return try request.make(for: model, memory: memory, seed: seed, use: use) {
      try Interruption.check()
    }
  }
}
