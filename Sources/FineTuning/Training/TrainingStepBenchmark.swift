import ModelSchema
import Randomness
import RecurrentMemory
import Tokenizers
import Transformer

/// Optimizer steps as ``FineTuner`` takes them, on random numbers and random documents.
///
/// A step is what a run does between two reports: gradients of a batch, clipping, AdamW. What a run
/// keeps besides, the best parameters so far and the file it began with, is no part of a step.
package final class TrainingStepBenchmark {
  private let parameters: ParameterStore<Float>
  private let gradients: ParameterStore<Float>
  private let firstMoment: ParameterStore<Float>
  private let secondMoment: ParameterStore<Float>
  private let samples: [LabeledSample]
  private let engine: LearningEngine
  private let clipping: GradientClipping
  private let optimizer: AdamW
  private let learningRate: Double
  private var stepCount = 0

  /// Reserves everything that steps need.
  ///
  /// - Parameters:
  ///   - model: a model with memory and labels; its dropout is used.
  ///   - segmentCount: full segments of each document.
  ///   - objective: what the loss looks at, and how far back its gradient goes.
  /// - Throws: `RecurrenceError`.
  package init(
    model: ModelDescription, tokens: SpecialTokens, segmentCount: Int, batchSize: Int,
    objective: RecurrentObjective, clipping: GradientClipping, optimizer: AdamW,
    learningRate: Double, threadCount: Int, seed: UInt64
  ) throws {
    guard let memory = model.memory else { throw RecurrenceError.noMemory }
    parameters = ParameterStore(model)
    gradients = ParameterStore(model)
    firstMoment = ParameterStore(model)
    secondMoment = ParameterStore(model)
    self.clipping = clipping
    self.optimizer = optimizer
    self.learningRate = learningRate
    engine = try LearningEngine(
      model: model, tokens: tokens, parameters: parameters, threadCount: threadCount,
      trains: true, objective: objective, seed: seed)
    var stream = RandomStream(seed: seed)
    samples = (0..<batchSize).map { _ in
      LabeledSample(
        tokenIDs: (0..<segmentCount * memory.segmentSize).map { _ in
          Int32(stream.index(below: model.encoder.vocabularySize))
        }, label: stream.index(below: model.labels.count))
    }
    Self.fill(parameters, deviation: model.encoder.initializerRange, &stream)
  }

  /// Takes one step and gives the mean loss before it, in nats; the gradients are zero afterwards.
  package func step() -> Double {
    let outcome = engine.addGradients(
      of: samples[...], firstSample: 0, scale: 1 / Double(samples.count), runStep: stepCount,
      to: gradients)
    let clip = clipping.clip(for: gradients.elements, team: engine.team)
    optimizer.update(
      parameters, gradients: gradients, clip: clip, firstMoment: firstMoment,
      secondMoment: secondMoment, number: stepCount + 1, learningRate: learningRate,
      team: engine.team)
    stepCount += 1
    return outcome.lossSum / Double(samples.count)
  }

  /// Numbers with the mean and the deviation of a model before pretraining, uniform because that is
  /// quicker drawn and costs a step the same.
  private static func fill(
    _ store: ParameterStore<Float>, deviation: Double, _ stream: inout RandomStream
  ) {
    let width = deviation * 12.0.squareRoot()
    for entry in store.layout.entries {
      let numbers = store.elements(of: entry)
      switch entry.parameter.role {
      case .embedding, .weight, .memory:
        for index in numbers.indices { numbers[index] = Float((stream.uniform() - 0.5) * width) }
      case .gain: numbers.update(repeating: 1)
      case .bias, .normBias: numbers.update(repeating: 0)
      }
    }
  }
}
