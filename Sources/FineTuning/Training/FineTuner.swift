import JSON
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import Tokenizers
import Transformer

/// Fine-tunes a model with memory on documents of many segments and writes the result.
///
/// While it works, `OUTPUT.training` holds the run's state; a run that is stopped at any moment goes
/// on from there to the same bits as one that was never stopped. The state goes when the output is
/// written.
public struct FineTuner {
  private let model: ModelFile
  private let tokenizer: Tokenizer?
  private let tokens: SpecialTokens
  private let data: any FineTuningData
  private let options: FineTuningOptions
  private let files: RunFiles

  /// A run that is ready to begin.
  ///
  /// - Parameters:
  ///   - resumes: whether to go on with the state of an interrupted run, where there is one.
  ///   - collision: with `replace`, an output or a state of an earlier run is replaced.
  /// - Throws: ``FineTuningError``, or the data's errors when a stage has no samples.
  public init(
    model: ModelFile, data: any FineTuningData, options: FineTuningOptions, outputPath: String,
    collision: AtomicFileWriter.Collision, resumes: Bool
  ) throws {
    guard model.description.memory != nil else {
      throw FineTuningError.noMemory(path: model.path)
    }
    guard !model.description.labels.isEmpty else {
      throw FineTuningError.noLabels(path: model.path)
    }
    guard let tokens = try model.specialTokens() else { throw RecurrenceError.noTokenizer }
    try options.validate(for: model.description)
    // An empty last stage is told now and not when the stages before it are trained.
    for stage in options.curriculum.stages {
      _ = try data.trainingSamples(for: stage, seed: options.seed)
      _ = try data.validationSamples(for: stage, seed: options.seed)
      let chance = data.chanceAccuracy(for: stage)
      // Where all documents have one label guessing is always right; a note of the data says so.
      if let target = options.targetAccuracy, target <= chance, chance < 1 {
        throw FineTuningError.targetBelowChance(target: target, chance: chance)
      }
    }
    self.model = model
    tokenizer = try model.tokenizer()
    self.tokens = tokens
    self.data = data
    self.options = options
    files = RunFiles(outputPath: outputPath, collision: collision, resumes: resumes)
  }

  /// Trains, and writes the last stage's best weights.
  ///
  /// - Parameters:
  ///   - report: told what happens.
  ///   - shouldStop: asked between passes; when it says yes, the state is saved and the run ends.
  /// - Throws: `Interrupted` when asked to stop; ``FineTuningError``; `FileError`.
  public func run(
    report: @escaping (FineTuningEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) throws -> FineTuningResult {
    try files.check()
    var description = model.description
    description.memory = options.memory
    for note in data.notes(for: options.curriculum) {
      report(note.isWarning ? .warning(note.description) : .note(note.description))
    }
    for idle in options.curriculum.idleSettings(
      warmUpStepCount: options.schedule.warmUpStepCount, batchSize: options.batchSize)
    {
      report(.note("\(idle.problem.prefix(1).uppercased())\(idle.problem.dropFirst())."))
    }
    let store = ParameterStore<Float>(description)
    store.fill(from: model)
    var state = TrainingState(
      parameters: store, firstMoment: ParameterStore(description),
      secondMoment: ParameterStore(description), bestParameters: ParameterStore(description))
    state.bestParameters.copyNumbers(of: store)
    let settings = settings(of: store)
    let provenance = try provenance()
    let outputCollision = try files.begin(
      &state, settings: settings, stageStepCounts: options.curriculum.stages.map(\.stepCount),
      report: report)
    let run = try TrainingRun(
      model: description, tokens: tokens, state: state, data: data,
      options: options, stateFile: files.stateFile, settings: settings, shouldStop: shouldStop,
      report: report)
    do {
      try run.train()
    } catch FineTuningError.diverged(let stage, let step, let what, _) {
      let best = try files.keepBest(of: run.state) { weights, path in
        try write(
          weights, description: description, provenance: provenance, to: path, .keepExisting)
      }
      throw FineTuningError.diverged(stage: stage, step: step, what: what, bestPath: best)
    }
    try write(
      run.state.parameters, description: description, provenance: provenance, to: files.outputPath,
      outputCollision)
    try files.removeState()
    return FineTuningResult(
      evaluations: run.state.position.history, stepCount: run.state.position.runStep,
      outputPath: files.outputPath)
  }

  /// The stages that the run behind a state has begun; those after them may still be changed.
  ///
  /// - Throws: ``FineTuningError/notTrainingState(path:reason:)``; `FileError`.
  package static func begunStageCount(stateAt path: String) throws -> Int {
    try TrainingStateFile(path: path).begunStageCount()
  }

  private func settings(of store: ParameterStore<Float>) -> [(name: String, value: String)] {
    [RunFiles.modelSetting(model.description, store)] + options.settings + data.settings
  }

  /// The steps that made the result.
  ///
  /// The files are read before the training: they are what it learned from, whatever becomes of
  /// them meanwhile.
  private func provenance() throws -> [ProvenanceStep] {
    var settings = JSONObject()
    for (name, value) in options.settings + data.settings { settings[name] = .string(value) }
    for (name, value) in data.record.members { settings[name] = value }
    let step = ProvenanceStep(
      verb: "finetune", toolVersion: ProvenanceStep.currentToolVersion,
      sources: try ([model.path] + data.sourcePaths).map(ProvenanceStep.Source.init(path:)),
      dialect: nil, dropped: [], created: [], options: settings, seed: options.seed)
    return model.provenance + [step]
  }

  private func write(
    _ store: ParameterStore<Float>, description: ModelDescription, provenance: [ProvenanceStep],
    to path: String, _ collision: AtomicFileWriter.Collision
  ) throws {
    try RunFiles.write(
      store, description: description, tokenizer: tokenizer, provenance: provenance,
      elementType: options.elementType, to: path, collision)
  }
}

/// What a finished run leaves to say.
public struct FineTuningResult: Sendable {
  /// Every evaluation, in order; the newest ten thousand of a very long run.
  public let evaluations: [EvaluationRecord]
  /// Optimizer steps over all stages.
  public let stepCount: Int
  /// The file that holds the result.
  public let outputPath: String

  /// The evaluation of the weights in the file.
  public var best: EvaluationRecord? {
    evaluations.filter { $0.stage == evaluations.last?.stage }
      .reduce(nil) { best, next in next.isBetter(than: best) ? next : best }
  }
}
