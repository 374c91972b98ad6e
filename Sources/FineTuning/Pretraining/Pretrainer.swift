import JSON
import ModelFile
import ModelSchema
import Randomness
import RecurrentMemory
import TensorStorage
import Tokenizers
import Transformer

/// Pretrains a BERT by masked language modelling and writes the result, the head included.
///
/// A model that brings the head goes on with it; else it is drawn from the seed, as BERT's was. The
/// pooler, which nothing reads in pretraining, gets no gradient; it only decays as matrices do. The run's state lies in
/// `OUTPUT.training` while it works, and is resumed as a ``FineTuner``'s is.
public struct Pretrainer {
  private let model: ModelFile
  private let tokenizer: Tokenizer
  private let data: PretrainingData
  private let options: PretrainingOptions
  private let files: RunFiles

  /// A run that is ready to begin.
  ///
  /// - Parameters:
  ///   - resumes: whether to go on with the state of an interrupted run, where there is one.
  ///   - collision: with `replace`, an output or a state of an earlier run is replaced.
  /// - Throws: ``PretrainingError/hasMemory(path:)``; ``FineTuningError``; `RecurrenceError` when the
  ///   model has no tokenizer.
  public init(
    model: ModelFile, data: PretrainingData, options: PretrainingOptions, outputPath: String,
    collision: AtomicFileWriter.Collision, resumes: Bool
  ) throws {
    try Self.check(model)
    guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
    try options.validate(for: model.description, positions: data.positions)
    self.model = model
    self.tokenizer = tokenizer
    self.data = data
    self.options = options
    files = RunFiles(outputPath: outputPath, collision: collision, resumes: resumes)
  }

  /// Refuses a model that pretraining would spoil.
  ///
  /// - Throws: ``PretrainingError/hasMemory(path:)``.
  public static func check(_ model: ModelFile) throws(PretrainingError) {
    guard model.description.memory == nil, model.description.labels.isEmpty else {
      throw .hasMemory(path: model.path)
    }
  }

  /// Trains, and writes the weights that did best on the held-out text.
  ///
  /// - Parameters:
  ///   - report: told what happens.
  ///   - shouldStop: asked between passes; when it says yes, the state is saved and the run ends.
  /// - Throws: `Interrupted` when asked to stop; ``FineTuningError``; `FileError`.
  public func run(
    report: @escaping (FineTuningEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) throws -> PretrainingResult {
    try files.check()
    for note in data.notes {
      report(note.isWarning ? .warning(note.description) : .note(note.description))
    }
    var description = model.description
    description.predictsMaskedTokens = true
    let store = ParameterStore<Float>(description)
    let created = fill(store)
    var state = TrainingState(
      parameters: store, firstMoment: ParameterStore(description),
      secondMoment: ParameterStore(description), bestParameters: ParameterStore(description))
    state.bestParameters.copyNumbers(of: store)
    let settings =
      [RunFiles.modelSetting(model.description, store)] + options.settings + data.settings
    let provenance = try provenance(created: created)
    let outputCollision = try files.begin(
      &state, settings: settings, stageStepCounts: [options.stepCount], report: report)
    let run = PretrainingRun(
      model: description.training(withDropout: options.dropout), state: state, data: data,
      options: options, stateFile: files.stateFile, settings: settings, shouldStop: shouldStop,
      report: report)
    func write(
      _ store: ParameterStore<Float>, to path: String, _ collision: AtomicFileWriter.Collision
    ) throws {
      try RunFiles.write(
        store, description: description, tokenizer: tokenizer, provenance: provenance,
        elementType: options.elementType, to: path, collision)
    }
    do {
      try run.train()
    } catch FineTuningError.diverged(let stage, let step, let what, _) {
      let best = try files.keepBest(of: run.state) { weights, path in
        try write(weights, to: path, .keepExisting)
      }
      throw FineTuningError.diverged(stage: stage, step: step, what: what, bestPath: best)
    }
    try write(run.state.parameters, to: files.outputPath, outputCollision)
    try files.removeState()
    return PretrainingResult(
      evaluations: run.state.position.history, stepCount: run.state.position.runStep,
      outputPath: files.outputPath)
  }

  /// Reads what the model has; what it lacks of the head is drawn from N(0, σ²), σ the configuration's
  /// initializer range, with gain one and offsets zero.
  ///
  /// - Returns: the names of what was made.
  private func fill(_ store: ParameterStore<Float>) -> [String] {
    let existing = Set(model.parameters)
    var created: [String] = []
    for (index, entry) in store.layout.entries.enumerated() {
      let numbers = store.elements(of: entry)
      guard !existing.contains(entry.parameter) else {
        model.decode(entry.parameter, into: numbers)
        continue
      }
      created.append(entry.parameter.name)
      switch entry.parameter.role {
      case .embedding, .weight, .memory:
        var stream = RandomStream(Philox(key: options.seed).derived([UInt32(index), 0, 0, 0]))
        let deviation = model.description.encoder.initializerRange
        for place in numbers.indices {
          numbers[place] = Float(stream.normal(standardDeviation: deviation))
        }
      case .gain: numbers.update(repeating: 1)
      case .bias, .normBias: numbers.update(repeating: 0)
      }
    }
    return created
  }

  private func provenance(created: [String]) throws -> [ProvenanceStep] {
    var settings = JSONObject()
    for (name, value) in options.settings + data.settings { settings[name] = .string(value) }
    for (name, value) in data.record.members { settings[name] = value }
    return model.provenance + [
      ProvenanceStep(
        verb: "pretrain", toolVersion: ProvenanceStep.currentToolVersion,
        sources: [try ProvenanceStep.Source(path: model.path)], dialect: nil, dropped: [],
        created: created.map {
          ProvenanceStep.Tensor(name: $0, reason: "head of the pretraining")
        },
        options: settings, seed: options.seed)
    ]
  }
}

/// What a finished pretraining leaves to say.
public struct PretrainingResult: Sendable {
  /// Every evaluation, in order; the newest ten thousand of a very long run.
  public let evaluations: [EvaluationRecord]
  /// Optimizer steps.
  public let stepCount: Int
  /// The file that holds the result.
  public let outputPath: String

  /// The evaluation of the weights in the file.
  public var best: EvaluationRecord? {
    evaluations.reduce(nil) { best, next in
      next.isBetter(than: best, by: .loss) ? next : best
    }
  }
}
