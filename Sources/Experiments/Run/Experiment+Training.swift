import FineTuning
import JSON
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import TrainingRecords

extension Experiment {
  /// Makes a seed's trained model, from the checkpoint on.
  ///
  /// - Parameter hasCheckedEvaluations: whether the evaluations are known to fit the task; they are
  ///   looked at before the first training and not after it.
  /// - Returns: why the seed did not learn; `nil` when it is trained.
  /// - Throws: `Interrupted`; ``RecipeError``; ``ExperimentError``; the errors of the parts.
  func train(
    _ seed: UInt64, _ monitor: ExperimentMonitor, hasCheckedEvaluations: inout Bool
  ) throws -> ExperimentError.Failure? {
    let run = folder.run(seed: seed)
    try ExperimentFolder.create(run.path)
    let request = recipe.task.trainingRequest(resolve: path)
    try attachMemory(seed, labels: request, monitor)
    let what = "seed \(seed): training"
    if ExperimentFolder.exists(run.trained) {
      // Left over when the machine went down right after the model was written.
      try ExperimentFolder.remove(run.trainingState)
      try ExperimentFolder.remove(run.failure)
      monitor.report(.partIsThere(what))
      return nil
    }
    if let failure = try SeedFailure(path: run.failure) {
      guard failure.cause == .atChance, !recipe.training.stopsAtChance else {
        return ExperimentError.Failure(seed: seed, failure)
      }
      // The state behind it is whole, and now it may go on.
      try ExperimentFolder.remove(run.failure)
    }
    monitor.report(.part(what))
    let model = try ModelFile(path: run.memory)
    if !hasCheckedEvaluations {
      try checkEvaluations(of: model, monitor)
      try checkDrawing(of: model)
      hasCheckedEvaluations = true
    }
    let resumes = ExperimentFolder.exists(run.trainingState)
    let tuner = try blamingKeys {
      let task = try request.make(
        for: model, memory: memory, seed: seed, use: .training,
        checkCancellation: monitor.checkCancellation)
      return try FineTuner(
        model: model,
        data: TaskData(
          task: task, memory: memory,
          validationSampleCount: recipe.training.validationSampleCount,
          tokenNoise: TokenNoise(shares: recipe.training.tokenNoises, model: model)),
        options: recipe.training.options(memory: memory, seed: seed, threadCount: threadCount),
        outputPath: run.trained, collision: .keepExisting, resumes: resumes)
    }
    var recorders = TrainingRecorders([
      try MetricsLog(path: run.metrics),
      try TensorBoardLog(folder: run.events, addsToEvents: true),
    ])
    func keep(_ event: FineTuningEvent) {
      recorders.keep(event) {
        monitor.report(.note("\($0) What training measures is no longer kept there."))
      }
    }
    // Without a state what an earlier run recorded will be recorded once more.
    if !resumes { keep(.resumed(.beginning)) }
    do {
      _ = try tuner.run(
        report: { event in
          keep(event)
          monitor.report(.training(event))
        }, shouldStop: monitor.shouldStop)
      return nil
    } catch let error as FineTuningError {
      return try failure(error, seed: seed)
    }
  }

  /// Keeps why a seed did not learn.
  ///
  /// - Throws: ``ExperimentError/unusableState(path:problem:others:)`` when it did not even begin.
  private func failure(
    _ error: FineTuningError, seed: UInt64
  ) throws -> ExperimentError.Failure {
    let run = folder.run(seed: seed)
    let cause: SeedFailure.Cause
    switch error {
    case .diverged: cause = .diverged
    case .atChance: cause = .atChance
    case .settingChanged, .notTrainingState, .stateExists, .nothingToResume:
      throw ExperimentError.unusableState(path: run.trainingState, problem: error.problem)
    case .noMemory, .noLabels, .invalidOption, .targetBelowChance: throw error
    }
    let failure = SeedFailure(
      cause: cause, problem: "\(error.place.map { "\($0): " } ?? "")\(error.problem)",
      advice: error.advice)
    try failure.write(to: run.failure)
    return ExperimentError.Failure(seed: seed, failure)
  }

  /// Gives the model its memory and the task's labels.
  private func attachMemory(
    _ seed: UInt64, labels request: TaskRequest, _ monitor: ExperimentMonitor
  ) throws {
    let run = folder.run(seed: seed)
    if recipe.model.start == .random {
      try make(run.random, "seed \(seed): drawing random numbers", monitor) {
        let model = try ModelFile(path: folder.model)
        guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
        var encoder = model.description.encoder
        if let deviation = recipe.model.initializerRange { encoder.initializerRange = deviation }
        let description = ModelDescription(encoder: encoder, memory: nil, labels: [])
        try RandomModel(description: description, tokenizer: tokenizer, seed: seed)
          .write(to: run.random, collision: .keepExisting) { _, _ in
            try monitor.checkCancellation()
          }
      }
    }
    try make(run.memory, "seed \(seed): attaching memory", monitor) {
      try blamingKeys {
        let model = try ModelFile(
          path: recipe.model.start == .random ? run.random : folder.model)
        let attachment = MemoryAttachment(
          memory: memory, labels: try request.labels(), seed: seed)
        _ = try attachment.attach(to: model, writing: run.memory, collision: .keepExisting)
      }
    }
  }

  /// Makes sure that every evaluation can be made of the task's documents.
  private func checkEvaluations(of model: ModelFile, _ monitor: ExperimentMonitor) throws {
    var checked: Set<TaskRequest> = []
    for (index, evaluation) in recipe.evaluations.enumerated() {
      let stories = recipe.testStories(ofEvaluation: index)
      let request = recipe.task.testRequest(
        evaluation.factPositions, stories: stories.name, resolve: path)
      guard checked.insert(request).inserted else { continue }
      try blamingKeys(stories: stories.key) {
        let task = try request.make(
          for: model, memory: memory, seed: 0, use: .measuring,
          checkCancellation: monitor.checkCancellation)
        try task.check(segmentSize: memory.segmentSize)
      }
    }
  }
}
