/// The hyper-parameters of a BERT encoder, all of them read from a checkpoint's configuration.
public struct BERTConfiguration: Sendable, Hashable {
  /// The feed-forward network's non-linearity.
  public enum Activation: String, Sendable, CaseIterable {
    /// x · Φ(x) with the error function; Hugging Face's `gelu`.
    case gelu
    /// The tanh approximation; Google's original, Hugging Face's `gelu_new` and `gelu_pytorch_tanh`.
    case geluTanh
    /// max(0, x).
    case relu
  }

  /// Rows of the word-embedding table, memory tokens not counted.
  public var vocabularySize: Int
  /// Width d of a hidden state.
  public var hiddenSize: Int
  /// Encoder layers L.
  public var layerCount: Int
  /// Attention heads h; `hiddenSize` is a multiple of it.
  public var headCount: Int
  /// Width of the feed-forward network's inner layer.
  public var intermediateSize: Int
  /// The feed-forward network's non-linearity.
  public var activation: Activation
  /// Rows of the position table: the most positions a segment can have.
  public var maximumPositions: Int
  /// Rows of the token-type table.
  public var tokenTypeCount: Int
  /// ε of every LayerNorm.
  public var layerNormEpsilon: Double
  /// Dropout probability of hidden states in training.
  public var hiddenDropout: Double
  /// Dropout probability of attention weights in training.
  public var attentionDropout: Double
  /// Dropout probability before the classifier in training.
  public var classifierDropout: Double
  /// Standard deviation from which new parameters are drawn.
  public var initializerRange: Double

  /// A configuration with every value given.
  public init(
    vocabularySize: Int, hiddenSize: Int, layerCount: Int, headCount: Int, intermediateSize: Int,
    activation: Activation, maximumPositions: Int, tokenTypeCount: Int, layerNormEpsilon: Double,
    hiddenDropout: Double, attentionDropout: Double, classifierDropout: Double,
    initializerRange: Double
  ) {
    self.vocabularySize = vocabularySize
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.intermediateSize = intermediateSize
    self.activation = activation
    self.maximumPositions = maximumPositions
    self.tokenTypeCount = tokenTypeCount
    self.layerNormEpsilon = layerNormEpsilon
    self.hiddenDropout = hiddenDropout
    self.attentionDropout = attentionDropout
    self.classifierDropout = classifierDropout
    self.initializerRange = initializerRange
  }

  /// Width of one attention head.
  public var headSize: Int { hiddenSize / headCount }
}
