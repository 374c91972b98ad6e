import ModelFile
import ModelSchema
import RecurrentMemory
import Tokenizers

/// A task as a person asks for it: its name, and the files that its documents are made of.
public struct TaskRequest: Sendable, Hashable {
  /// What a task's documents are made for.
  public enum Use: Sendable {
    /// To train on, and to be measured on meanwhile.
    case training
    /// To measure a finished model on.
    case measuring
  }

  /// The task.
  public var name: TaskName
  /// Where the facts lie; `nil` for ``TaskName/trainingFactPositions`` in training and for segment 0
  /// in a measurement.
  public var factPositions: FactPositions?
  /// Files and folders of text that fill the documents; empty for generated text.
  public var background: [String] = []
  /// The same to be measured on; empty for a held-out part.
  public var evaluationBackground: [String] = []
  /// A file of stories, to train on or to be measured on; `nil` for generated ones.
  public var stories: String?
  /// Stories to be measured on while training; `nil` for a held-out part.
  public var evaluationStories: String?
  /// Whether to measure on stories that the model trained on.
  public var allowsTrainingStories = false

  /// A task with its own stories and generated background.
  public init(_ name: TaskName) { self.name = name }

  /// Tokens of generated background: enough that no two samples look alike.
  private static let generatedTokenCount = 20_000

  /// The task for a model.
  ///
  /// - Parameter seed: seed of generated background.
  /// - Throws: ``TaskError``, ``StoryError``, ``BackgroundError``, `FileError`, what
  ///   `checkCancellation` throws.
  public func make(
    for model: ModelFile, memory: MemoryConfiguration, seed: UInt64, use: Use,
    checkCancellation: () throws -> Void = {}
  ) throws -> any LongDocumentTask {
    guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
    // Stories first: they are read in a moment, and background may be large.
    let stories =
      name.takesStories
      ? try collection(history: model.provenance, use: use, checkCancellation) : nil
    let background =
      if self.background.isEmpty, evaluationBackground.isEmpty {
        try BackgroundText(
          generatedFrom: seed, tokenizer: tokenizer,
          tokenCount: max(Self.generatedTokenCount, 4 * memory.segmentSize))
      } else {
        try BackgroundText(
          paths: self.background, evaluationPaths: evaluationBackground, tokenizer: tokenizer,
          minimumTokenCount: memory.segmentSize, trains: use == .training,
          checkCancellation: checkCancellation)
      }
    let labels = model.description.labels
    let positions =
      switch use {
      case .training: factPositions ?? name.trainingFactPositions
      case .measuring: factPositions ?? .first
      }
    switch (name, stories) {
    case (.detect, _):
      return try MovementTask.detect(
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
    case (.memorize, _), (.reason, nil), (.babi, nil):
      return try MovementTask.memorize(
        modelLabels: labels, tokenizer: tokenizer, background: background,
        factPositions: positions)
    }
  }

  /// The answers, as labels for a new classifier: the places in the paper's order, or every answer of
  /// the stories.
  ///
  /// - Throws: ``StoryError``, `FileError`.
  public func labels() throws -> [String] {
    guard name == .babi else { return MovementTask.places }
    return try collection(history: [], use: .training, {}).answers
  }

  /// How many stories a model is measured on, and their checksum, as rows of results tell it; `nil`
  /// where the task has none.
  ///
  /// - Throws: ``StoryError``, `FileError`.
  package func storySummary(for model: ModelFile) throws -> String? {
    guard name.takesStories else { return nil }
    return try collection(history: model.provenance, use: .measuring, {}).summary
  }

  /// The stories of the file that was named, or the program's own.
  private func collection(
    history: [ProvenanceStep], use: Use, _ checkCancellation: () throws -> Void
  ) throws -> StoryCollection {
    let form: StoryCollection.Form = name == .reason ? .twoArgumentRelations : .any
    return switch (use, stories) {
    case (.training, let path?):
      try StoryCollection(
        trainingPath: path, evaluationPath: evaluationStories, form: form,
        provenance: history, allowsTrainingStories: allowsTrainingStories,
        checkCancellation: checkCancellation)
    case (.measuring, let path?):
      try StoryCollection(
        testPath: path, form: form, provenance: history,
        allowsTrainingStories: allowsTrainingStories, checkCancellation: checkCancellation)
    case (.training, nil):
      try StoryCollection(generatedFor: [], allowsTrainingStories: allowsTrainingStories)
    case (.measuring, nil):
      try StoryCollection(generatedFor: history, allowsTrainingStories: allowsTrainingStories)
    }
  }
}
