import Kernels
import ModelSchema
import Randomness
import RecurrentMemory
import Tokenizers
import Transformer

/// The recurrence as training and measuring see it: samples in, loss and gradients out.
final class LearningEngine {
  /// What came out of some samples.
  struct Outcome {
    /// Σ of the samples' losses in nats.
    var lossSum = 0.0
    /// Samples whose label won.
    var correctCount = 0
  }

  /// The model that it was planned for.
  let model: ModelDescription
  private let memory: MemoryConfiguration
  private let parameters: ParameterStore<Float>
  private let trainer: RecurrentTrainer<Float>
  /// What the loss of the samples looks at.
  var objective: RecurrentObjective
  private let seed: UInt64
  private let drops: Bool

  /// The threads that compute.
  var team: ThreadTeam { trainer.team }

  /// Reserves memory for passes over a model with memory and labels.
  ///
  /// - Throws: `RecurrenceError`.
  init(
    model: ModelDescription, tokens: SpecialTokens, parameters: ParameterStore<Float>,
    threadCount: Int, trains: Bool, objective: RecurrentObjective, seed: UInt64
  ) throws {
    let plan = try RecurrentPlan(model, tokens: tokens)
    self.model = model
    memory = plan.memory
    self.parameters = parameters
    trainer = RecurrentTrainer(plan, threadCount: threadCount, trains: trains)
    self.objective = objective
    self.seed = seed
    let encoder = model.encoder
    drops =
      max(encoder.hiddenDropout, encoder.attentionDropout, encoder.classifierDropout) > 0
  }

  /// Adds the gradients of `scale`·Σ loss over the samples to `gradients`.
  ///
  /// - Parameters:
  ///   - firstSample: the number of the first sample within the optimizer step.
  ///   - runStep: the optimizer step within the run; with the seed it decides the dropout masks.
  func addGradients(
    of samples: ArraySlice<LabeledSample>, firstSample: Int, scale: Double, runStep: Int,
    to gradients: ParameterStore<Float>
  ) -> Outcome {
    let generator = SamplePurpose.dropout.generator(seed: seed, split: .training, step: runStep)
    let loss = trainer.accumulateGradients(
      samples.map(recurrent), firstSample: firstSample, objective: objective, scale: scale,
      dropoutKey: drops ? generator.key : nil, parameters: parameters.parameters, into: gradients)
    return Outcome(lossSum: loss.lossSum, correctCount: loss.correctCount)
  }

  /// Measures samples without dropout; the loss is that of the last segment.
  ///
  /// - Parameter progress: told the samples done, before each pass and at the end; what it throws
  ///   ends the measurement.
  func evaluate(
    _ samples: any SampleCollection, progress: (_ doneCount: Int) throws -> Void
  ) throws -> Evaluation {
    let packed = PackedParameters(parameters, of: trainer.plan.model, team: team)
    return try Evaluator.evaluate(
      samples, plan: trainer.plan, parameters: packed.parameters, owner: packed, team: team,
      progress: progress)
  }

  private func recurrent(_ sample: LabeledSample) -> RecurrentSample {
    var memory = memory
    if let segmentSize = sample.segmentSize { memory.segmentSize = segmentSize }
    return RecurrentSample(
      tokens: sample.tokenIDs, label: sample.label, memory: memory, factEnd: sample.factEnd,
      positionSpan: sample.positionSpan)
  }
}
