import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import Tokenizers
import Transformer

/// What a measurement found.
public struct Evaluation: Sendable, Hashable {
  /// Samples measured.
  public let sampleCount: Int
  /// Samples whose label won.
  public let correctCount: Int
  /// Cross-entropy in nats, averaged over the samples.
  public let meanLoss: Double
  /// Document tokens in all samples.
  public let tokenCount: Int
  /// Seconds it took.
  public let seconds: Double

  /// The share of samples whose label won.
  public var accuracy: Double { Double(correctCount) / Double(max(1, sampleCount)) }

  /// Where the true accuracy lies with 95 % confidence.
  public var interval: WilsonInterval {
    WilsonInterval(successCount: correctCount, trialCount: sampleCount)
  }
}

/// Measures a model with memory on labelled samples.
public struct Evaluator {
  private let engine: LearningEngine

  /// A measurement of a model.
  ///
  /// - Parameter memory: the memory's settings, which may have another segment size than the file's.
  /// - Throws: ``FineTuningError`` when the model has no memory or no labels; `RecurrenceError` when
  ///   it has no tokenizer, or the settings another number of memory tokens or segments that do not
  ///   fit.
  public init(model: ModelFile, memory: MemoryConfiguration, threadCount: Int) throws {
    guard let stored = model.description.memory else {
      throw FineTuningError.noMemory(path: model.path)
    }
    guard memory.tokenCount == stored.tokenCount else {
      throw RecurrenceError.otherMemory(found: stored.tokenCount, wanted: memory.tokenCount)
    }
    guard !model.description.labels.isEmpty else {
      throw FineTuningError.noLabels(path: model.path)
    }
    guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
    var description = model.description
    description.memory = memory
    let store = ParameterStore<Float>(description)
    store.fill(from: model)
    engine = try LearningEngine(
      model: description, tokens: tokenizer.specialTokens, parameters: store,
      threadCount: threadCount, trains: false,
      objective: RecurrentObjective(lossSegments: .last, backpropagation: .automatic), seed: 0)
  }

  /// Measures all samples, several side by side.
  ///
  /// - Parameter progress: told the samples done; what it throws ends the measurement.
  public func evaluate(
    _ samples: any SampleCollection, progress: (_ doneCount: Int) throws -> Void = { _ in }
  ) throws -> Evaluation {
    let start = ContinuousClock.now
    let result = try engine.evaluate(samples, progress: progress)
    return Evaluation(
      sampleCount: samples.count, correctCount: result.correctCount,
      meanLoss: result.lossSum / Double(max(1, samples.count)), tokenCount: result.tokenCount,
      seconds: seconds(start.duration(to: .now)))
  }
}
