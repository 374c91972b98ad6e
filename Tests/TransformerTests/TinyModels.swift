import Kernels
import ModelSchema
import Randomness
import Transformer

extension ModelDescription {
  /// A model small enough for finite differences over every parameter.
  static func tiny(
    activation: BERTConfiguration.Activation = .gelu, dropout: Double = 0, memory: Int? = nil,
    labels: [String] = []
  ) -> ModelDescription {
    ModelDescription(
      encoder: BERTConfiguration(
        vocabularySize: 11, hiddenSize: 8, layerCount: 2, headCount: 2, intermediateSize: 12,
        activation: activation, maximumPositions: 9, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
        hiddenDropout: dropout, attentionDropout: dropout, classifierDropout: dropout,
        initializerRange: 0.02),
      memory: memory.map {
        MemoryConfiguration(tokenCount: $0, segmentPositions: 9, alignment: .right)
      }, labels: labels)
  }
}

extension ParameterStore {
  /// Fills every parameter with numbers that leave none without effect.
  func randomize(seed: UInt64) {
    var stream = RandomStream(seed: seed)
    for entry in layout.entries {
      let center: Double = entry.parameter.role == .gain ? 1 : 0
      let elements = elements(of: entry)
      for index in elements.indices {
        elements[index] = Scalar(center + stream.normal(standardDeviation: 0.3))
      }
    }
  }
}
