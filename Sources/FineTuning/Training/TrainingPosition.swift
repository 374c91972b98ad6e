import JSON

/// How far a run has come; with the weights and moments it is all that a resumed run needs, because
/// data and dropout are functions of seed and step.
package struct TrainingPosition: Sendable, Hashable {
  /// Stages done.
  package var finishedStageCount = 0
  /// Optimizer steps done in the stage.
  package var step = 0
  /// Optimizer steps done in the run, over all stages.
  package var runStep = 0
  /// The step of the stage at which the last evaluation was made.
  package var evaluatedStep: Int?
  /// Evaluations in a row that reached the target.
  package var targetStreak = 0
  /// The best evaluation of the stage.
  package var best: EvaluationRecord?
  /// The evaluations of the run, the newest ``historyLimit`` of them.
  package var history: [EvaluationRecord] = []

  /// The most evaluations that are remembered: they lie in a file's header, which is bounded.
  package static let historyLimit = 10_000

  /// The beginning of a run.
  package init() {}

  /// Stages of which a step or an evaluation is done.
  package var begunStageCount: Int {
    finishedStageCount + (step > 0 || evaluatedStep != nil ? 1 : 0)
  }

  /// Whether the evaluation that may be due at this step was made.
  package var isEvaluated: Bool { evaluatedStep == step }

  /// Takes in an evaluation and says whether its weights are the stage's best.
  package mutating func record(
    _ record: EvaluationRecord, targetAccuracy: Double?,
    preferring preference: EvaluationRecord.Preference = .accuracy
  ) -> Bool {
    evaluatedStep = step
    history.append(record)
    if history.count > Self.historyLimit { history.removeFirst() }
    // A percentage is rounded when it becomes a share: 99.9 / 100 lies above 999 / 1,000.
    let reachesTarget = record.accuracy >= (targetAccuracy ?? .infinity) - 1e-12
    targetStreak = reachesTarget ? targetStreak + 1 : 0
    guard record.isBetter(than: best, by: preference) else { return false }
    best = record
    return true
  }

  /// Goes on to the next stage.
  package mutating func finishStage() {
    finishedStageCount += 1
    (step, evaluatedStep, targetStreak, best) = (0, nil, 0, nil)
  }
}

extension TrainingPosition {
  package var json: JSONValue {
    [
      "finishedStageCount": .integer(finishedStageCount), "step": .integer(step),
      "runStep": .integer(runStep), "evaluatedStep": evaluatedStep.map { .integer($0) } ?? .null,
      "targetStreak": .integer(targetStreak), "best": best?.json ?? .null,
      "history": .array(history.map(\.json)),
    ]
  }

  /// Whether a run whose stages have so many steps at most can be here.
  func isPossible(stageStepCounts: [Int]) -> Bool {
    guard finishedStageCount <= stageStepCounts.count,
      step <= (stageStepCounts + [0])[finishedStageCount]
    else { return false }
    // Stages may have ended early: the steps of those before are at most theirs.
    var earlierSteps = runStep - step
    for count in stageStepCounts.prefix(finishedStageCount) {
      earlierSteps -= min(earlierSteps, count)
    }
    return earlierSteps == 0
  }

  /// A position as ``json`` wrote it; `nil` when something is missing, of another type or negative.
  package init?(json: JSONValue) {
    guard let finished = json["finishedStageCount"]?.integer, let step = json["step"]?.integer,
      let runStep = json["runStep"]?.integer, let streak = json["targetStreak"]?.integer,
      let evaluated = json["evaluatedStep"], evaluated.isNull || evaluated.integer != nil,
      let bestValue = json["best"], let history = json["history"]?.array,
      finished >= 0, step >= 0, runStep >= step, history.count <= Self.historyLimit,
      (0...history.count).contains(streak),
      evaluated.integer.map({ (0...step).contains($0) }) ?? true
    else { return nil }
    let best = EvaluationRecord(json: bestValue)
    let records = history.compactMap(EvaluationRecord.init(json:))
    guard records.count == history.count, bestValue.isNull || best != nil else { return nil }
    finishedStageCount = finished
    self.step = step
    self.runStep = runStep
    evaluatedStep = evaluated.integer
    targetStreak = streak
    self.best = best
    self.history = records
  }
}
