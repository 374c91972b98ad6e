import Kernels
import ModelSchema
import Randomness
import Transformer

/// The ways in which BERT's relatives differ from it, each small.
enum TinyRelative: String, CaseIterable {
  /// BERT itself.
  case plain
  /// Embeddings narrower than hidden states, with a map to these.
  case projected
  /// Embeddings that are wider.
  case projectedDown
  /// Three layers with the parameters of two.
  case shared
  /// Positions that begin in the third row of their table.
  case offset
  /// No token types.
  case untyped

  /// Changes a configuration into the relative's.
  func change(_ encoder: inout EncoderConfiguration) {
    switch self {
    case .plain: break
    case .projected: encoder.embeddingSize = 5
    case .projectedDown: encoder.embeddingSize = 13
    case .shared: (encoder.layerCount, encoder.layerGroupCount) = (3, 2)
    case .offset: encoder.positionOffset = 2
    case .untyped: encoder.tokenTypeCount = 0
    }
  }
}

extension ModelDescription {
  /// A model small enough for finite differences over every parameter.
  static func tiny(
    _ relative: TinyRelative = .plain, activation: EncoderConfiguration.Activation = .gelu,
    dropout: Double = 0, memory: Int? = nil, labels: [String] = []
  ) -> ModelDescription {
    var model = ModelDescription(
      encoder: EncoderConfiguration(
        vocabularySize: 11, hiddenSize: 8, layerCount: 2, headCount: 2, intermediateSize: 12,
        activation: activation, maximumPositions: 9, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
        hiddenDropout: dropout, attentionDropout: dropout, classifierDropout: dropout,
        initializerRange: 0.02),
      memory: memory.map {
        MemoryConfiguration(tokenCount: $0, segmentPositions: 9, alignment: .right)
      }, labels: labels)
    relative.change(&model.encoder)
    return model
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
