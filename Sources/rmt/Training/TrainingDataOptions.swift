import ArgumentParser
import FineTuning
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage

/// What `rmt finetune` learns from.
struct TrainingDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Documents to train on.", valueName: "file.jsonl"), completion: .file())
  var train: String?

  @Option(
    help: ArgumentHelp("Documents to be measured on.", valueName: "file.jsonl"),
    completion: .file())
  var eval: String?

  @OptionGroup var taskOptions: TaskOptions

  @Option(
    help: ArgumentHelp(
      "Stories to be measured on; a part of --stories is held out unless given.",
      valueName: "file"),
    completion: .file())
  var evaluationStories: String?

  @Option(
    help: ArgumentHelp(
      "Documents that the task makes for each evaluation, of all stages or of each; \(TaskData.usualSampleCount) unless given.",
      valueName: "n,…"))
  var evaluationSamples: CommaSeparated<Int>?

  @Option(
    help: ArgumentHelp(
      "Disturb a task's background while training, in all stages or in each: up to this share, from 0 to 1, of its tokens becomes random ones and scraps of facts, and of its segments opens with a fact that lacks its beginning. The model gets over its text so, and learns what is no fact.",
      valueName: "x,…"))
  var tokenNoise: CommaSeparated<Double> = CommaSeparated([0])

  /// The files and folders that are read.
  var inputPaths: [String] {
    taskOptions.inputPaths + [train, eval, evaluationStories].compactMap { $0 }
  }

  func validate() throws {
    if taskOptions.task != nil {
      guard train == nil, eval == nil else {
        throw ValidationError("--task makes its own documents; leave out --train and --eval.")
      }
    } else {
      guard train != nil, eval != nil else {
        throw ValidationError("Give --train and --eval, or a --task.")
      }
    }
    if taskOptions.background.isEmpty, !taskOptions.evaluationBackground.isEmpty {
      throw ValidationError("--evaluation-background needs --background beside it to train on.")
    }
    if evaluationStories != nil, taskOptions.stories == nil {
      throw ValidationError("--evaluation-stories needs --stories beside it.")
    }
    guard tokenNoise.elements.allSatisfy((0...1).contains) else {
      throw ValidationError("--token-noise must lie from 0 to 1.")
    }
    if tokenNoise.elements.contains(where: { $0 > 0 }), taskOptions.task == nil {
      throw ValidationError("--token-noise disturbs the background of a --task; none is given.")
    }
    if let evaluationSamples {
      guard evaluationSamples.elements.allSatisfy({ $0 > 0 }) else {
        throw ValidationError("--evaluation-samples must be at least 1.")
      }
      guard taskOptions.task != nil else {
        throw ValidationError(
          "--evaluation-samples is for a --task; of --eval all documents are read.")
      }
    }
  }

  /// Reads the documents or sets up the task.
  ///
  /// - Throws: the data's errors, `Interrupted`.
  func load(
    for model: ModelFile, memory: MemoryConfiguration, seed: UInt64
  ) throws -> any FineTuningData {
    guard let train, let eval else {
      let task = try taskOptions.makeTask(
        for: model, memory: memory, seed: seed, use: .training,
        evaluationStories: evaluationStories)
      return try TaskData(
        task: task, memory: memory,
        validationSampleCount: evaluationSamples?.elements[0] ?? TaskData.usualSampleCount,
        tokenNoise: TokenNoise(shares: tokenNoise.elements, model: model))
    }
    func read(_ path: String) throws -> LabeledDocuments {
      try LabeledDocuments(path: path, model: model) { try Interruption.check() }
    }
    let training = try read(train)
    return DocumentData(
      training: training, validation: eval == train ? training : try read(eval),
      segmentSize: memory.segmentSize)
  }
}
