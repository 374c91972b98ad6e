import ArgumentParser
import FineTuning

/// How `rmt finetune` turns gradients into steps.
struct OptimizerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Samples in a batch, of all stages or of each.", valueName: "n,…"))
  var batch: CommaSeparated<Int> = CommaSeparated([32])

  @Option(help: ArgumentHelp("Batches whose gradients are averaged for one step.", valueName: "n"))
  var accumulate: Int = 1

  @Option(
    help: ArgumentHelp(
      "The highest learning rate, of all stages or of each.", valueName: "x,…"))
  var learningRate: CommaSeparated<Double> = CommaSeparated([1e-5])

  @Option(help: "What follows the warm-up.")
  var schedule: LearningRateSchedule.Shape = .linear

  @Option(
    help: ArgumentHelp(
      "Steps until the highest rate is reached; a tenth of the shortest stage unless given.",
      valueName: "n"))
  var warmupSteps: Int?

  @Option(help: ArgumentHelp("AdamW's weight decay.", valueName: "x"))
  var weightDecay: Double = 0.001

  @Option(
    help: ArgumentHelp(
      "Decay rate of AdamW's mean of squared gradients; smaller follows gradients that grow suddenly, as they do when documents become longer.",
      valueName: "x"))
  var beta2: Double = 0.999

  @Option(help: "What decays: all: every parameter, matrices: no bias and no LayerNorm.")
  var decay: WeightDecayScope = .all

  @Option(
    help: ArgumentHelp(
      "Hold every gradient element within ± this; 5 unless another clipping is given.",
      valueName: "x"))
  var clipValue: Double?

  @Option(help: ArgumentHelp("Scale gradients down to this norm.", valueName: "x"))
  var clipNorm: Double?

  @Flag(help: "Leave gradients as they are.")
  var noClip = false

  @Option(
    help: ArgumentHelp(
      "Dropout in place of the checkpoint's own, everywhere, in all stages or in each.",
      valueName: "x,…"))
  var dropout: CommaSeparated<Double>?

  func validate() throws {
    guard batch.elements.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--batch must be at least 1.")
    }
    guard accumulate > 0 else { throw ValidationError("--accumulate must be at least 1.") }
    guard learningRate.elements.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw ValidationError("--learning-rate must be positive.")
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
    guard [clipValue != nil, clipNorm != nil, noClip].count(where: { $0 }) <= 1 else {
      throw ValidationError("Give one of --clip-value, --clip-norm and --no-clip.")
    }
    for limit in [clipValue, clipNorm] {
      if let limit, !(limit > 0 && limit.isFinite) {
        throw ValidationError("A limit for clipping must be positive.")
      }
    }
    if let dropout, !dropout.elements.allSatisfy((0..<1).contains) {
      throw ValidationError("--dropout must lie from 0 up to, but not at, 1.")
    }
  }

  /// The schedule of stages of which the shortest has that many steps.
  func schedule(shortestStage stepCount: Int) -> LearningRateSchedule {
    LearningRateSchedule(
      shape: schedule, learningRate: learningRate.elements[0],
      warmUpStepCount: warmupSteps ?? stepCount / 10)
  }

  /// The optimizer, with the constants of the paper.
  var adamW: AdamW {
    AdamW(beta1: 0.9, beta2: beta2, epsilon: 1e-8, weightDecay: weightDecay, decayScope: decay)
  }

  /// How gradients are clipped.
  var clipping: GradientClipping {
    if let clipNorm { return .norm(clipNorm) }
    return noClip ? .none : .value(clipValue ?? 5)
  }
}
