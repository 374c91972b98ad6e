/// Where an interrupted run goes on; what was recorded beyond it will be recorded once more.
public struct ResumePoint: Sendable, Hashable {
  /// The stage that is gone on with, from 1.
  public let stage: Int
  /// Optimizer steps of the run that are done.
  public let runStep: Int
  /// Those of them that are of the stage.
  public let step: Int
  /// Whether an evaluation after the last of them was made.
  public let isEvaluated: Bool

  /// A point with every part given.
  package init(stage: Int, runStep: Int, step: Int, isEvaluated: Bool) {
    self.stage = stage
    self.runStep = runStep
    self.step = step
    self.isEvaluated = isEvaluated
  }

  /// Where a run begins, and one goes on that left no state.
  package static let beginning = ResumePoint(stage: 1, runStep: 0, step: 0, isEvaluated: false)
}
