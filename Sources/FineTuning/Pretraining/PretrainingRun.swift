import ModelSchema
import TensorStorage
import Transformer

/// A pretraining: a loop over a state that can be put away between any two steps.
final class PretrainingRun {
  private let options: PretrainingOptions
  private let data: PretrainingData
  private let validation: [MaskedSequence]
  private let engine: PretrainingEngine
  private let gradients: ParameterStore<Float>
  private let stateFile: TrainingStateFile
  private let settings: [(name: String, value: String)]
  private let shouldStop: () -> Bool
  private let report: (FineTuningEvent) -> Void
  private var saves: SaveSchedule
  /// What the run has learned so far.
  private(set) var state: TrainingState

  init(
    model: ModelDescription, state: TrainingState, data: PretrainingData,
    options: PretrainingOptions, stateFile: TrainingStateFile,
    settings: [(name: String, value: String)], shouldStop: @escaping () -> Bool,
    report: @escaping (FineTuningEvent) -> Void
  ) {
    self.options = options
    self.data = data
    self.state = state
    self.stateFile = stateFile
    self.settings = settings
    self.shouldStop = shouldStop
    self.report = report
    validation = data.validationSequences(seed: options.seed)
    saves = SaveSchedule(interval: options.saveInterval)
    gradients = ParameterStore(model)
    engine = PretrainingEngine(
      model: model, parameters: state.parameters, positions: data.positions,
      maskedShare: data.options.masking.share, threadCount: options.threadCount,
      seed: options.seed)
  }

  /// Trains until every step is done; ``state`` then holds the weights with the lowest loss on the
  /// held-out text.
  ///
  /// - Throws: ``FineTuningError/diverged(stage:step:what:bestPath:)``; `Interrupted` after saving
  ///   when the user asked to stop; errors of saving.
  func train() throws {
    guard state.position.finishedStageCount == 0 else { return }
    let (data, batchSize, seed) = (data, options.batchSize, options.seed)
    let batches = Lookahead(state.position.step..<options.stepCount) {
      data.batch(step: $0, sequenceCount: batchSize, seed: seed)
    }
    report(.pretraining(stepCount: options.stepCount, stepsDone: state.position.step))
    while true {
      let step = state.position.step
      let isDue =
        step == options.stepCount || step > 0 && step % options.evaluationInterval == 0
      if isDue && state.position.evaluatedStep != step { try evaluate() }
      guard step < options.stepCount else { break }
      try self.step(batches)
      if saves.isDue(afterRunStep: state.position.runStep) { try save() }
    }
    state.parameters.copyNumbers(of: state.bestParameters)
    state.position.finishStage()
    try save()
  }

  private func step(_ batches: Lookahead<[MaskedSequence]>) throws {
    let start = ContinuousClock.now
    guard let sequences = try batches.next(whileWaiting: stopIfAsked) else {
      preconditionFailure("a step beyond the last")
    }
    let outcome = try engine.addGradients(
      of: sequences, runStep: state.position.runStep, to: gradients, poll: stopIfAsked)
    let moved = try options.optimization.step(
      &state, gradients: gradients, meanLoss: outcome.meanLoss, stage: (1, options.stepCount),
      team: engine.team)
    report(
      .step(
        StepReport(
          stage: 1, step: state.position.step, runStep: state.position.runStep,
          stepCount: options.stepCount, meanLoss: outcome.meanLoss, accuracy: outcome.accuracy,
          learningRate: moved.learningRate, gradientNorm: moved.gradientNorm,
          tokenCount: sequences.reduce(0) { $0 + $1.tokenIDs.count },
          seconds: seconds(start.duration(to: .now)))))
  }

  private func evaluate() throws {
    let result = try engine.evaluate(validation) { doneCount in
      try stopIfAsked()
      report(.evaluating(doneCount: doneCount, sampleCount: validation.count))
    }
    let record = EvaluationRecord(
      stage: 1, step: state.position.step, sampleCount: result.hiddenCount,
      correctCount: result.correctCount, meanLoss: result.meanLoss)
    guard record.meanLoss.isFinite else {
      throw FineTuningError.diverged(
        stage: 1, step: state.position.step,
        what: "the loss on the held-out text", bestPath: nil)
    }
    let isBest = state.position.record(record, targetAccuracy: nil, preferring: .loss)
    if isBest { state.bestParameters.copyNumbers(of: state.parameters) }
    report(.evaluation(record, runStep: state.position.runStep, isBest: isBest))
  }

  private func save() throws {
    try saves.perform { try stateFile.write(state, settings: settings) }
    report(.saved(path: stateFile.path))
  }

  /// Between the passes of a step nothing of the state has changed yet, so it can be saved there.
  private func stopIfAsked() throws {
    guard shouldStop() else { return }
    try save()
    throw Interrupted(
      advice: "The state is saved in \(stateFile.path); run again with --resume to go on.")
  }
}
