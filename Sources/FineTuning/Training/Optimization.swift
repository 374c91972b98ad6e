import Kernels
import Transformer

/// How gradients become steps: what every kind of training checks and remembers of it.
struct Optimization {
  let schedule: LearningRateSchedule
  let optimizer: AdamW
  let clipping: GradientClipping

  /// Checks every value by itself.
  ///
  /// - Throws: ``FineTuningError/invalidOption(name:value:expected:)``.
  func validate() throws(FineTuningError) {
    let check = OptionCheck.require
    let rate = schedule.learningRate
    try check(rate.isFinite && rate > 0, "learning rate", rate, "a number above 0")
    try check(schedule.warmUpStepCount >= 0, "warm-up", schedule.warmUpStepCount, "0 or more steps")
    try check((0..<1).contains(optimizer.beta1), "beta 1", optimizer.beta1, "0 up to below 1")
    try check((0..<1).contains(optimizer.beta2), "beta 2", optimizer.beta2, "0 up to below 1")
    let (epsilon, decay) = (optimizer.epsilon, optimizer.weightDecay)
    try check(epsilon.isFinite && epsilon > 0, "epsilon", epsilon, "a number above 0")
    try check(decay.isFinite && decay >= 0, "weight decay", decay, "0 or more")
    switch clipping {
    case .none: break
    case .value(let limit), .norm(let limit):
      try check(limit.isFinite && limit > 0, "clipping", limit, "a number above 0")
    }
  }

  /// The values on which the result's bits depend, by the names that people know them by.
  var settings: [(name: String, value: String)] {
    [
      ("learning rate", "\(schedule.learningRate)"),
      ("schedule", schedule.shape.rawValue),
      ("warm-up", "\(schedule.warmUpStepCount)"),
      ("beta 1", "\(optimizer.beta1)"),
      ("beta 2", "\(optimizer.beta2)"),
      ("epsilon", "\(optimizer.epsilon)"),
      ("weight decay", "\(optimizer.weightDecay)"),
      ("decay of", optimizer.decayScope.rawValue),
      ("clipping", clipping.settingValue),
    ]
  }

  /// Moves the state's weights by one step of a stage, and the gradients to zero.
  ///
  /// - Parameters:
  ///   - meanLoss: the loss whose gradients they are.
  ///   - stage: the stage's number and how many steps it has.
  ///   - learningRate: the stage's highest rate in place of the schedule's.
  /// - Returns: the step's learning rate, and ‖g‖₂ before clipping.
  /// - Throws: ``FineTuningError/diverged(stage:step:what:bestPath:)`` when loss or gradients are no
  ///   numbers; the state is then as it was.
  func step(
    _ state: inout TrainingState, gradients: ParameterStore<Float>, meanLoss: Double,
    stage: (number: Int, stepCount: Int), learningRate: Double? = nil, team: ThreadTeam
  ) throws(FineTuningError) -> (learningRate: Double, gradientNorm: Double) {
    let clip = clipping.clip(for: gradients.elements, team: team)
    let step = state.position.step
    guard meanLoss.isFinite, clip.norm.isFinite else {
      let what = meanLoss.isFinite ? "the gradients' norm" : "the loss"
      throw .diverged(stage: stage.number, step: step + 1, what: what, bestPath: nil)
    }
    let rate = schedule.rate(
      step: step, stepCount: stage.stepCount, learningRate: learningRate)
    optimizer.update(
      state.parameters, gradients: gradients, clip: clip, firstMoment: state.firstMoment,
      secondMoment: state.secondMoment, number: step + 1, learningRate: rate, team: team)
    state.position.step += 1
    state.position.runStep += 1
    return (rate, clip.norm)
  }
}
