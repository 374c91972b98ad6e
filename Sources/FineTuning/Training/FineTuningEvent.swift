import TrainingRecords

/// What happens in a run, as it happens; whoever started the run shows or keeps it.
public enum FineTuningEvent: Sendable {
  /// Something a person should know.
  case note(String)
  /// Something that is likely to spoil the result.
  case warning(String)
  /// A run goes on that was interrupted. What it reported beyond that point it will report once more.
  case resumed(ResumePoint)
  /// A stage begins, or goes on after a resume.
  case stage(Curriculum.Stage, stageCount: Int, stepsDone: Int)
  /// A pretraining, which has no stages, begins or goes on after a resume.
  case pretraining(stepCount: Int, stepsDone: Int)
  /// An optimizer step was made.
  case step(StepReport)
  /// Samples of a running evaluation that are done.
  case evaluating(doneCount: Int, sampleCount: Int)
  /// An evaluation was made, after so many optimizer steps of the run.
  case evaluation(EvaluationRecord, runStep: Int, isBest: Bool)
  /// The target was reached and the stage ends before its last step.
  case targetReached(Curriculum.Stage, step: Int)
  /// The training state was saved.
  case saved(path: String)
}

/// What an optimizer step found.
public struct StepReport: Sendable, Hashable {
  /// The stage, from 1.
  public let stage: Int
  /// Steps done in the stage, this one included.
  public let step: Int
  /// Steps done in the run, over all stages, this one included.
  public let runStep: Int
  /// Steps the stage has.
  public let stepCount: Int
  /// Cross-entropy before the step, averaged over the samples.
  public let meanLoss: Double
  /// Share of the samples whose label won before the step.
  public let accuracy: Double
  /// The learning rate of the step.
  public let learningRate: Double
  /// ‖g‖₂ of all gradients before clipping.
  public let gradientNorm: Double
  /// Document tokens in the step's samples.
  public let tokenCount: Int
  /// Seconds the step took.
  public let seconds: Double

  /// Document tokens a second.
  public var tokensPerSecond: Double { Double(tokenCount) / max(seconds, 1e-9) }
}
