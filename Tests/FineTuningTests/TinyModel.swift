import ModelFile
import ModelSchema
import Randomness
import Tokenizers

@testable import FineTuning

/// A model that is as small as the Memorize task allows: segments of eleven tokens, six labels.
enum TinyModel {
  static let memory = MemoryConfiguration(tokenCount: 2, segmentPositions: 16, alignment: .right)

  static let description = ModelDescription(
    encoder: EncoderConfiguration(
      vocabularySize: SmallVocabulary.tokens.count, hiddenSize: 16, layerCount: 2, headCount: 2,
      intermediateSize: 32, activation: .gelu, maximumPositions: 20, tokenTypeCount: 2,
      layerNormEpsilon: 1e-12, hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1,
      initializerRange: 0.1),
    memory: memory, labels: MovementTask.places)

  /// Writes the model with numbers of a seed and opens it.
  static func write(
    to path: String, seed: UInt64 = 1, memory: MemoryConfiguration? = memory,
    labels: [String] = MovementTask.places
  ) throws -> ModelFile {
    var description = description
    description.memory = memory
    description.labels = labels
    var stream = RandomStream(seed: seed)
    var writer = try ModelFileWriter(
      path: path, collision: .replace, description: description,
      tokenizer: try SmallVocabulary.tokenizer(), provenance: [], elementType: .f32)
    for parameter in writer.parameters {
      let numbers = (0..<parameter.shape.elementCount).map { _ in
        (parameter.role == .gain ? 1 : 0) + Float(stream.normal(standardDeviation: 0.1))
      }
      try numbers.withUnsafeBufferPointer { try writer.write(floats: $0) }
    }
    try writer.finish()
    return try ModelFile(path: path)
  }

  /// The Memorize task over generated background.
  static func memorize(samples: Int = 6) throws -> TaskData {
    let tokenizer = try SmallVocabulary.tokenizer()
    let background = try BackgroundText(generatedFrom: 7, tokenizer: tokenizer, tokenCount: 300)
    return try TaskData(
      task: try MovementTask.memorize(
        modelLabels: MovementTask.places, tokenizer: tokenizer, background: background),
      memory: memory, validationSampleCount: samples)
  }

  /// Options of a run over one and two segments, three steps each, with dropout.
  static func options(
    segments: [Int] = [1, 2], steps: [Int] = [3], threadCount: Int = 1
  ) throws -> FineTuningOptions {
    FineTuningOptions(
      memory: memory,
      curriculum: try Curriculum(segmentCounts: segments, stepCounts: steps, mixing: .none),
      schedule: LearningRateSchedule(shape: .linear, learningRate: 1e-2, warmUpStepCount: 1),
      optimizer: AdamW(
        beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.001, decayScope: .all),
      clipping: .value(5), batchSize: 2, accumulationCount: 2, dropout: nil,
      backpropagation: .automatic, lossOnAllSegments: false, evaluationInterval: 2,
      targetAccuracy: nil,
      targetEvaluationCount: 1, stopsAtChance: false, saveInterval: 1, seed: 11,
      threadCount: threadCount,
      elementType: .f32)
  }
}
