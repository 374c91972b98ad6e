import FineTuning
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import Tokenizers

extension TaskOptions {
  /// What a task's documents are made for.
  enum Use {
    /// To train on, and to be measured on meanwhile, with other stories where a file names them.
    case training(evaluationStories: String?)
    /// To measure a finished model on.
    case measuring
  }

  /// Tokens of generated background: enough that no two samples look alike.
  private static let generatedTokenCount = 20_000

  /// The task that the options name, for a model.
  ///
  /// - Throws: `TaskError`, `StoryError`, `BackgroundError`, `FileError`, `Interrupted`.
  func makeTask(
    for model: ModelFile, memory: MemoryConfiguration, seed: UInt64, use: Use
  ) throws -> any LongDocumentTask {
    guard let task else {
      throw CommandError.usage(problem: "no task is named", advice: "Name one with --task.")
    }
    guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
    // Stories first: they are read in a moment, and background may be large.
    let stories =
      task.takesStories
      ? try collection(
        of: task == .reason ? .twoArgumentRelations : .any, history: model.provenance, use: use)
      : nil
    let background =
      if self.background.isEmpty {
        try BackgroundText(
          generatedFrom: seed, tokenizer: tokenizer,
          tokenCount: max(Self.generatedTokenCount, 4 * memory.segmentSize))
      } else {
        try BackgroundText(
          paths: self.background, evaluationPaths: evaluationBackground, tokenizer: tokenizer,
          minimumTokenCount: memory.segmentSize
        ) { try Interruption.check() }
      }
    let labels = model.description.labels
    let positions =
      switch use {
      case .training: factPositions ?? task.trainingFactPositions
      case .measuring: factPositions ?? .first
      }
    switch (task, stories) {
    case (.detect, _):
      return try DetectTask(
        modelLabels: labels, tokenizer: tokenizer, background: background,
        factPositions: positions)
    case (.reason, let stories?):
      return try StoryTask.reason(
        modelLabels: labels, tokenizer: tokenizer, background: background, stories: stories,
        factPositions: positions)
    case (.babi, let stories?):
      return try StoryTask.babi(
        modelLabels: labels, tokenizer: tokenizer, background: background, stories: stories,
        factPositions: positions, segmentSize: memory.segmentSize)
    default:
      return try MemorizeTask(
        modelLabels: labels, tokenizer: tokenizer, background: background,
        factPositions: positions)
    }
  }

  /// The stories of the file that was named, or the program's own.
  private func collection(
    of form: StoryCollection.Form, history: [ProvenanceStep], use: Use
  ) throws -> StoryCollection {
    switch (use, stories) {
    case (.training(let evaluationStories), let path?):
      try StoryCollection(
        trainingPath: path, evaluationPath: evaluationStories, form: form,
        allowsTrainingStories: allowTrainingStories
      ) { try Interruption.check() }
    case (.measuring, let path?):
      try StoryCollection(
        testPath: path, form: form, provenance: history,
        allowsTrainingStories: allowTrainingStories
      ) { try Interruption.check() }
    case (.training, nil):
      try StoryCollection(generatedFor: [], allowsTrainingStories: allowTrainingStories)
    case (.measuring, nil):
      try StoryCollection(generatedFor: history, allowsTrainingStories: allowTrainingStories)
    }
  }
}
