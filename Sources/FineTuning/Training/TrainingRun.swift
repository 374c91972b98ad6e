import ModelSchema
import RecurrentMemory
import TensorStorage
import Tokenizers
import Transformer

/// A run through a curriculum: a loop over a state that can be put away between any two steps.
final class TrainingRun {
  private let options: FineTuningOptions
  private let data: any FineTuningData
  private let model: ModelDescription
  private let tokens: SpecialTokens
  private var engine: LearningEngine
  private let gradients: ParameterStore<Float>
  private let stateFile: TrainingStateFile
  private let settings: [(name: String, value: String)]
  private let shouldStop: () -> Bool
  private let report: (FineTuningEvent) -> Void
  private var saves: SaveSchedule
  /// What the run has learned so far.
  private(set) var state: TrainingState

  init(
    model: ModelDescription, tokens: SpecialTokens, state: TrainingState, data: any FineTuningData,
    options: FineTuningOptions, stateFile: TrainingStateFile,
    settings: [(name: String, value: String)], shouldStop: @escaping () -> Bool,
    report: @escaping (FineTuningEvent) -> Void
  ) throws {
    self.model = model
    self.tokens = tokens
    self.options = options
    self.data = data
    self.state = state
    self.stateFile = stateFile
    self.settings = settings
    self.shouldStop = shouldStop
    self.report = report
    saves = SaveSchedule(interval: options.saveInterval)
    gradients = ParameterStore<Float>(model)
    engine = try Self.engine(
      model.training(withDropout: options.dropout), tokens: tokens, state: state, options: options)
  }

  private static func engine(
    _ model: ModelDescription, tokens: SpecialTokens, state: TrainingState,
    options: FineTuningOptions
  ) throws -> LearningEngine {
    try LearningEngine(
      model: model, tokens: tokens, parameters: state.parameters, threadCount: options.threadCount,
      trains: true,
      objective: options.objective(of: options.curriculum.stages[0]), seed: options.seed)
  }

  /// Trains until every stage is done; ``state`` then holds the last stage's best weights.
  ///
  /// - Throws: ``FineTuningError/diverged(stage:step:what:bestPath:)``; `Interrupted` after saving
  ///   when the user asked to stop; errors of saving.
  func train() throws {
    while state.position.finishedStageCount < options.curriculum.stages.count {
      try train(options.curriculum.stages[state.position.finishedStageCount])
    }
  }

  private func train(_ stage: Curriculum.Stage) throws {
    // Reserved anew only where something changes: the memory of an engine is touched when it is made.
    let model = model.training(withDropout: stage.dropout ?? options.dropout)
    if model != engine.model {
      engine = try Self.engine(model, tokens: tokens, state: state, options: options)
    }
    engine.objective = options.objective(of: stage)
    let samples = try data.trainingSamples(for: stage, seed: options.seed)
    let validation = try data.validationSamples(for: stage, seed: options.seed)
    let (first, sampleCount) = (state.position.runStep, samplesPerStep(in: stage))
    let batches = Lookahead(first..<first + stage.stepCount - state.position.step) {
      samples.batch(step: $0, sampleCount: sampleCount)
    }
    report(
      .stage(
        stage, stageCount: options.curriculum.stages.count, stepsDone: state.position.step))
    while true {
      let position = state.position
      let isLast = position.step == stage.stepCount
      // A later stage is measured before its first step: one that only spoils what the stages before
      // it have learned leaves their weights as they are.
      let isFirstOfRun = position.step == 0 && stage.number == 1
      let isDue =
        isLast
        || !isFirstOfRun && options.evaluationInterval.map { position.step % $0 == 0 } ?? false
      if isDue && position.evaluatedStep != position.step {
        try evaluate(validation, in: stage)
      }
      if isLast {
        try endAtChance(stage)
        break
      }
      if state.position.targetStreak >= options.targetEvaluationCount {
        report(.targetReached(stage, step: position.step))
        break
      }
      try step(batches, in: stage)
      if saves.isDue(afterRunStep: state.position.runStep) { try save() }
    }
    // The next stage starts from this one's best weights with a fresh optimizer.
    state.parameters.copyNumbers(of: state.bestParameters)
    state.firstMoment.clear()
    state.secondMoment.clear()
    state.position.finishStage()
    try save()
  }

  private func batchSize(in stage: Curriculum.Stage) -> Int { stage.batchSize ?? options.batchSize }

  private func samplesPerStep(in stage: Curriculum.Stage) -> Int {
    batchSize(in: stage) * options.accumulationCount
  }

  private func step(_ batches: Lookahead<[LabeledSample]>, in stage: Curriculum.Stage) throws {
    let start = ContinuousClock.now
    let position = state.position
    let (sampleCount, batchSize) = (samplesPerStep(in: stage), batchSize(in: stage))
    guard let samples = try batches.next(whileWaiting: stopIfAsked) else {
      preconditionFailure("a step beyond the stage's last")
    }
    var loss = 0.0
    var correctCount = 0
    for first in stride(from: 0, to: sampleCount, by: batchSize) {
      try stopIfAsked()
      let result = engine.addGradients(
        of: samples[first..<first + batchSize], firstSample: first,
        scale: 1 / Double(sampleCount), runStep: position.runStep, to: gradients)
      loss += result.lossSum
      correctCount += result.correctCount
    }
    let meanLoss = loss / Double(sampleCount)
    let moved = try options.optimization.step(
      &state, gradients: gradients, meanLoss: meanLoss, stage: (stage.number, stage.stepCount),
      learningRate: stage.learningRate,
      team: engine.team)
    report(
      .step(
        StepReport(
          stage: stage.number, step: state.position.step, runStep: state.position.runStep,
          stepCount: stage.stepCount, meanLoss: meanLoss,
          accuracy: Double(correctCount) / Double(sampleCount),
          learningRate: moved.learningRate, gradientNorm: moved.gradientNorm,
          tokenCount: samples.reduce(0) { $0 + $1.tokenIDs.count },
          seconds: seconds(start.duration(to: .now)))))
  }

  private func evaluate(_ samples: any SampleCollection, in stage: Curriculum.Stage) throws {
    let result = try engine.evaluate(samples) { doneCount in
      try stopIfAsked()
      report(.evaluating(doneCount: doneCount, sampleCount: samples.count))
    }
    let record = EvaluationRecord(
      stage: stage.number, step: state.position.step, sampleCount: samples.count,
      correctCount: result.correctCount, meanLoss: result.meanLoss)
    guard record.meanLoss.isFinite else {
      throw FineTuningError.diverged(
        stage: stage.number, step: state.position.step,
        what: "the loss on the validation samples", bestPath: nil)
    }
    let previousStep = state.position.evaluatedStep ?? 0
    let isBest = state.position.record(record, targetAccuracy: options.targetAccuracy)
    if isBest { state.bestParameters.copyNumbers(of: state.parameters) }
    report(.evaluation(record, runStep: state.position.runStep, isBest: isBest))
    // Once, as soon as half of the steps are done.
    let half = max(1, stage.stepCount / 2)
    if previousStep < half, half..<stage.stepCount ~= state.position.step, isAtChance(in: stage) {
      report(
        .warning(
          FineTuningError.chanceWarning(
            in: stage, step: state.position.step, causes: data.causesOfChance(in: stage))))
    }
  }

  /// Whether nothing so far says that the stage learns: its best accuracy may be that of guessing.
  private func isAtChance(in stage: Curriculum.Stage) -> Bool {
    state.position.best?.mayBeGuessed(chance: data.chanceAccuracy(for: stage)) ?? false
  }

  /// Ends the run when the steps of a stage are spent and it is still at chance.
  private func endAtChance(_ stage: Curriculum.Stage) throws {
    guard options.stopsAtChance, isAtChance(in: stage), let best = state.position.best else {
      return
    }
    try save()
    throw FineTuningError.atChance(
      stage: stage, accuracy: best.accuracy, chance: data.chanceAccuracy(for: stage),
      causes: data.causesOfChance(in: stage))
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
