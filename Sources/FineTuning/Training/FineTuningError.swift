import TensorStorage

/// A run cannot begin, go on or be resumed.
public enum FineTuningError: DescribedError, Equatable {
  /// The model has no memory tokens yet.
  case noMemory(path: String)
  /// The model has no classifier.
  case noLabels(path: String)
  /// A setting is out of its range.
  case invalidOption(name: String, value: String, expected: String)
  /// Guessing would reach the accuracy that ends a stage.
  case targetBelowChance(target: Double, chance: Double)
  /// Loss or gradients are no longer numbers.
  case diverged(stage: Int, step: Int, what: String, bestPath: String?)
  /// The steps of a stage are spent, and it has learned nothing that could be told from guessing;
  /// `causes` are those that its data and settings suggest.
  case atChance(stage: Curriculum.Stage, accuracy: Double, chance: Double, causes: [String])
  /// An interrupted run left its state, and nobody said whether to go on.
  case stateExists(path: String)
  /// A run is to be resumed, but there is no state, only an output.
  case nothingToResume(path: String)
  /// The state belongs to a run with another setting; `nil` where a run had none of that name.
  case settingChanged(path: String, name: String, saved: String?, given: String?)
  /// The file is no training state, is damaged, or belongs to another model.
  case notTrainingState(path: String, reason: String)

  /// The family it belongs to.
  public var kind: FailureKind {
    switch self {
    case .noMemory, .noLabels, .diverged, .atChance, .notTrainingState: .badData
    case .invalidOption, .targetBelowChance, .stateExists, .nothingToResume, .settingChanged: .usage
    }
  }

  /// Where: the file, the stage, or nothing.
  public var place: String? {
    switch self {
    case .noMemory(let path), .noLabels(let path), .stateExists(let path),
      .nothingToResume(let path),
      .settingChanged(let path, _, _, _), .notTrainingState(let path, _):
      path
    case .diverged(let stage, let step, _, _): "stage \(stage), step \(step)"
    case .atChance(let stage, _, _, _): "stage \(stage.number)"
    case .invalidOption, .targetBelowChance: nil
    }
  }

  /// What happened and what was expected.
  public var problem: String {
    switch self {
    case .noMemory: "the model has no memory tokens"
    case .noLabels: "the model has no labels and so no classifier to train"
    case .invalidOption(let name, let value, let expected):
      "\(name) is \(value); expected \(expected)"
    case .targetBelowChance(let target, let chance):
      "the target accuracy is \(Self.percentage(target)), and guessing reaches "
        + Self.percentage(chance)
    case .diverged(_, _, let what, let bestPath):
      "\(what) is no longer a finite number; training cannot go on"
        + (bestPath.map { ". The best weights so far are in \($0)" } ?? "")
    case .atChance(let stage, let accuracy, let chance, _):
      "\(stage.stepCount) steps are spent, and the best accuracy, "
        + "\(Self.percentage(accuracy)), cannot be told from that of guessing, "
        + "\(Self.percentage(chance))"
    case .stateExists: "an interrupted run left its state here"
    case .nothingToResume:
      "no interrupted run is left to resume, and the output exists: the run has probably finished"
    case .settingChanged(_, let name, let saved, let given):
      "the interrupted run had \(saved.map { "\(name) \($0)" } ?? "no \(name)"), "
        + "this one has \(given ?? "none")"
    case .notTrainingState(_, let reason): "the run cannot be resumed from this file: \(reason)"
    }
  }

  /// What to do.
  public var advice: String? {
    switch self {
    case .noMemory, .noLabels:
      "Attach them: rmt attach FILE.rmtw -o OUT.rmtw --memory-tokens 10 --labels a,b,c."
    case .invalidOption: nil
    case .targetBelowChance: "Name a target above that, or none."
    case .diverged:
      "Try a smaller learning rate, a longer warm-up or stronger clipping, and check the data."
    case .atChance(let stage, _, _, let causes): Self.likely(causes, in: stage)
    case .stateExists: "Go on with it (--resume), or begin anew and lose it (--force)."
    case .nothingToResume: "Use the output, or begin anew and replace it (--force)."
    case .settingChanged:
      "Resume with the same settings, or begin anew and lose the run (--force in place of --resume)."
    case .notTrainingState:
      "Remove the file, or begin anew and lose it (--force in place of --resume)."
    }
  }

  /// What to tell a person when half of a stage's steps are done and nothing is learned.
  ///
  /// - Parameter causes: what data and settings suggest.
  static func chanceWarning(in stage: Curriculum.Stage, step: Int, causes: [String]) -> String {
    "Stage \(stage.number) is still at chance after \(step) of \(stage.stepCount) steps. "
      + likely(causes, in: stage)
  }

  /// Why a stage learns nothing, the likeliest first.
  private static func likely(_ causes: [String], in stage: Curriculum.Stage) -> String {
    let curriculum =
      stage.number == 1 && (stage.segmentCount ?? .max) > 2
      ? ["long documents at once, where those of one or two segments teach sooner"] : []
    let others = [
      "too few steps", "a learning rate that is too small, or so large that the loss jumps",
    ]
    return "Likely causes: \((curriculum + causes + others).joined(separator: "; "))."
  }

  private static func percentage(_ share: Double) -> String {
    "\((share * 1000).rounded() / 10) %"
  }
}
