import ArgumentParser
import FineTuning

/// How `rmt pretrain` turns gradients into steps.
struct PretrainingOptimizerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Optimizer steps.", valueName: "n"))
  var steps: Int

  @Option(help: ArgumentHelp("Sequences of a step.", valueName: "n"))
  var batch: Int = 32

  @Option(help: ArgumentHelp("The highest learning rate.", valueName: "x"))
  var learningRate: Double = 5e-4

  @Option(help: "What follows the warm-up.")
  var schedule: LearningRateSchedule.Shape = .linear

  @Option(
    help: ArgumentHelp(
      "Steps until the highest rate is reached; a tenth of all unless given.", valueName: "n"))
  var warmupSteps: Int?

  @Option(
    help: ArgumentHelp(
      "AdamW's weight decay, of tables and matrices; no bias and no LayerNorm decays.",
      valueName: "x"))
  var weightDecay: Double = 0.01

  @Option(help: ArgumentHelp("Decay rate of AdamW's mean of squared gradients.", valueName: "x"))
  var beta2: Double = 0.999

  @Option(help: ArgumentHelp("Scale gradients down to this norm.", valueName: "x"))
  var clipNorm: Double = 1

  @Option(
    help: ArgumentHelp("Dropout in place of the model's own, everywhere.", valueName: "x"))
  var dropout: Double?

  func validate() throws {
    guard steps > 0 else { throw ValidationError("--steps must be at least 1.") }
    guard batch > 0 else { throw ValidationError("--batch must be at least 1.") }
    for (name, value) in [("--learning-rate", learningRate), ("--clip-norm", clipNorm)]
    where !(value > 0 && value.isFinite) {
      throw ValidationError("\(name) must be positive.")
    }
    guard weightDecay >= 0, weightDecay.isFinite else {
      throw ValidationError("--weight-decay must not be negative.")
    }
    guard (0..<1).contains(beta2) else {
      throw ValidationError("--beta2 must lie from 0 up to, but not at, 1.")
    }
    if let warmupSteps, warmupSteps < 0 {
      throw ValidationError("--warmup-steps must not be negative.")
    }
    if let dropout, !(0..<1).contains(dropout) {
      throw ValidationError("--dropout must lie from 0 up to, but not at, 1.")
    }
  }

  /// The options of a run.
  func options(_ run: RunOptions) -> PretrainingOptions {
    PretrainingOptions(
      stepCount: steps,
      schedule: LearningRateSchedule(
        shape: schedule, learningRate: learningRate, warmUpStepCount: warmupSteps ?? steps / 10),
      optimizer: AdamW(
        beta1: 0.9, beta2: beta2, epsilon: 1e-8, weightDecay: weightDecay, decayScope: .matrices),
      clipping: .norm(clipNorm), batchSize: batch, dropout: dropout,
      evaluationInterval: run.evaluateEvery, saveInterval: run.saveEvery, seed: run.seed,
      threadCount: run.threads.orEveryCore, elementType: run.dtype.elementType)
  }
}
