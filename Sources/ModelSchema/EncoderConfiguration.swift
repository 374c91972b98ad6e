/// The hyper-parameters of an encoder, all of them read from a checkpoint's configuration.
///
/// BERT's relatives differ from it in four facts: the width of their embeddings, where positions
/// begin, whether there are token types, and which layers share their parameters.
public struct EncoderConfiguration: Sendable, Hashable {
  /// The feed-forward network's non-linearity.
  public enum Activation: String, Sendable, CaseIterable {
    /// x · Φ(x) with the error function; Hugging Face's `gelu`.
    case gelu
    /// The tanh approximation; Google's original, Hugging Face's `gelu_new` and `gelu_pytorch_tanh`.
    case geluTanh
    /// max(0, x).
    case relu
  }

  /// What a pooler applies to its linear map of `[CLS]`.
  package enum PoolerActivation: Sendable, CaseIterable {
    case tanh
    case relu
    /// x · Φ(x) with the error function.
    case gelu
  }

  /// Whose relative it is.
  public var family: EncoderFamily
  /// Rows of the word-embedding table, memory tokens not counted.
  public var vocabularySize: Int
  /// Width d of a hidden state.
  public var hiddenSize: Int
  /// Width e of the embeddings where a linear map takes them to d; `nil` without such a map.
  public var embeddingSize: Int?
  /// Encoder layers L.
  public var layerCount: Int
  /// Sets G of layer parameters: layer i computes with set ⌊i·G/L⌋.
  ///
  /// L where no layers share theirs.
  public var layerGroupCount: Int
  /// Attention heads h; `hiddenSize` is a multiple of it.
  public var headCount: Int
  /// Width of the feed-forward network's inner layer.
  public var intermediateSize: Int
  /// The feed-forward network's non-linearity.
  public var activation: Activation
  /// The most positions a segment can have.
  public var maximumPositions: Int
  /// The row of the position table that a sequence's first token takes; those before it are unused.
  public var positionOffset: Int
  /// Rows of the token-type table; 0 without one.
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

  /// A configuration with every value given; what relatives do otherwise is BERT's way unless given.
  public init(
    family: EncoderFamily = .bert, vocabularySize: Int, hiddenSize: Int, embeddingSize: Int? = nil,
    layerCount: Int, layerGroupCount: Int? = nil, headCount: Int, intermediateSize: Int,
    activation: Activation, maximumPositions: Int, positionOffset: Int = 0, tokenTypeCount: Int,
    layerNormEpsilon: Double, hiddenDropout: Double, attentionDropout: Double,
    classifierDropout: Double, initializerRange: Double
  ) {
    self.family = family
    self.vocabularySize = vocabularySize
    self.hiddenSize = hiddenSize
    self.embeddingSize = embeddingSize
    self.layerCount = layerCount
    self.layerGroupCount = layerGroupCount ?? layerCount
    self.headCount = headCount
    self.intermediateSize = intermediateSize
    self.activation = activation
    self.maximumPositions = maximumPositions
    self.positionOffset = positionOffset
    self.tokenTypeCount = tokenTypeCount
    self.layerNormEpsilon = layerNormEpsilon
    self.hiddenDropout = hiddenDropout
    self.attentionDropout = attentionDropout
    self.classifierDropout = classifierDropout
    self.initializerRange = initializerRange
  }

  /// Width of one attention head.
  public var headSize: Int { hiddenSize / headCount }

  /// Width of a row of the embedding tables: e where a map follows, else d.
  package var embeddingWidth: Int { embeddingSize ?? hiddenSize }

  /// Rows of the position table, unused ones included.
  package var positionRowCount: Int { positionOffset + maximumPositions }

  /// Whether memory is as wide as word embeddings and enters as if it were some; else it enters behind
  /// the map that takes these to the width of hidden states.
  package var memoryJoinsWords: Bool { embeddingSize == nil }

  /// The set of parameters with which layer `index` computes.
  package func layerGroup(of index: Int) -> Int { index * layerGroupCount / layerCount }
}
