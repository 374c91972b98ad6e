import JSON
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import Tokenizers
import Transformer

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Fine-tunes a model with memory on documents of many segments and writes the result.
///
/// While it works, `OUTPUT.training` holds the run's state; a run that is stopped at any moment goes
/// on from there to the same bits as one that was never stopped. The state goes when the output is
/// written.
public struct FineTuner {
  private let model: ModelFile
  private let tokenizer: WordPieceTokenizer
  private let data: any FineTuningData
  private let options: FineTuningOptions
  private let outputPath: String
  private let collision: AtomicFileWriter.Collision
  private let resumes: Bool

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
    guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
    try options.validate(for: model.description)
    // An empty last stage is told now and not when the stages before it are trained.
    for stage in options.curriculum.stages {
      _ = try data.trainingSamples(for: stage, seed: options.seed)
      _ = try data.validationSamples(for: stage, seed: options.seed)
    }
    self.model = model
    self.tokenizer = tokenizer
    self.data = data
    self.options = options
    self.outputPath = outputPath
    self.collision = collision
    self.resumes = resumes
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
    let stateFile = TrainingStateFile(path: "\(outputPath).training")
    let hasState = access(stateFile.path, F_OK) == 0
    if hasState && !resumes {
      guard collision == .replace else {
        throw FineTuningError.stateExists(path: stateFile.path)
      }
    }
    if resumes, !hasState, collision == .keepExisting, access(outputPath, F_OK) == 0 {
      throw FineTuningError.nothingToResume(path: outputPath)
    }
    var description = model.description
    description.memory = options.memory
    for note in data.notes(for: options.curriculum) {
      report(note.isWarning ? .warning(note.description) : .note(note.description))
    }
    let store = ParameterStore<Float>(description)
    store.fill(from: model)
    var state = TrainingState(
      parameters: store, firstMoment: ParameterStore(description),
      secondMoment: ParameterStore(description), bestParameters: ParameterStore(description))
    state.bestParameters.copyNumbers(of: store)
    let settings = try settings(of: store)
    if hasState && resumes {
      try stateFile.read(
        into: &state, settings: settings,
        stageStepCounts: options.curriculum.stages.map(\.stepCount))
      report(.note("Going on from \(stateFile.path), \(state.position.runStep) steps done."))
    } else if resumes {
      report(.note("There is no state at \(stateFile.path); beginning at the beginning."))
    }
    // A state that is complete was saved before its output was written, and the output there may
    // be that one: it is written again, to the same bytes.
    let isComplete = state.position.finishedStageCount == options.curriculum.stages.count
    let outputCollision = isComplete ? .replace : collision
    do {
      // Whether the output can be written is asked before the training and not after it.
      _ = try AtomicFileWriter(path: outputPath, collision: outputCollision)
    }
    let provenance = try provenance()
    if hasState && !resumes { try Self.remove(stateFile.path) }
    let run = try TrainingRun(
      model: description, tokens: tokenizer.specialTokens, state: state, data: data,
      options: options, stateFile: stateFile, settings: settings, shouldStop: shouldStop,
      report: report)
    if resumes {
      let position = state.position
      report(.resumed(runStep: position.runStep, isEvaluated: position.isEvaluated))
    }
    do {
      try run.train()
    } catch FineTuningError.diverged(let stage, let step, let what, _) {
      let best = run.hasLearned ? "\(outputPath).best" : nil
      if let best {
        try write(
          run.state.bestParameters, description: description, provenance: provenance, to: best,
          .replace)
      }
      // The state leads to the same numbers again; with other settings it could not be resumed.
      try Self.remove(stateFile.path)
      throw FineTuningError.diverged(stage: stage, step: step, what: what, bestPath: best)
    }
    try write(
      run.state.parameters, description: description, provenance: provenance, to: outputPath,
      outputCollision)
    try Self.remove(stateFile.path)
    return FineTuningResult(
      evaluations: run.state.position.history, stepCount: run.state.position.runStep,
      outputPath: outputPath)
  }

  private func settings(of store: ParameterStore<Float>) throws -> [(name: String, value: String)] {
    var fingerprint = Fingerprint()
    fingerprint.combine(model.description.json.serialized(pretty: false))
    fingerprint.combine(UnsafeRawBufferPointer(store.elements))
    return [("model", "checksum \(fingerprint.hexadecimal)")] + options.settings + data.settings
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
    var writer = try ModelFileWriter(
      path: path, collision: collision, description: description, tokenizer: tokenizer,
      provenance: provenance, elementType: options.elementType)
    for parameter in writer.parameters {
      guard let numbers = store.elements(named: parameter.name) else {
        preconditionFailure("the store has no parameter \(parameter.name)")
      }
      try writer.write(floats: UnsafeBufferPointer(numbers))
    }
    try writer.finish()
  }

  private static func remove(_ path: String) throws(FileError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw FileError(.remove, path) }
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
