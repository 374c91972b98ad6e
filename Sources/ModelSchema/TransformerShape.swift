/// The sizes of a transformer that decide what reading costs.
public struct TransformerShape: Sendable, Hashable {
  /// Layers L.
  public let layerCount: Int
  /// Width d of a hidden state.
  public let hiddenSize: Int
  /// Attention heads h.
  public let headCount: Int
  /// Rows V of the word-embedding table.
  public let vocabularySize: Int

  /// A shape; `nil` when a size is below 1 or far above every published model, where products of
  /// sizes would no longer be counted well, or when the heads do not divide the width.
  public init?(layerCount: Int, hiddenSize: Int, headCount: Int, vocabularySize: Int) {
    typealias Bounds = EncoderConfiguration.Bounds
    guard Bounds.layerCount.contains(layerCount), Bounds.hiddenSize.contains(hiddenSize),
      Bounds.headCount.contains(headCount), Bounds.vocabularySize.contains(vocabularySize),
      hiddenSize.isMultiple(of: headCount)
    else { return nil }
    self.init(layerCount, hiddenSize, headCount, vocabularySize: vocabularySize)
  }

  /// The shape of an encoder.
  public init(_ configuration: EncoderConfiguration) {
    self.init(
      configuration.layerCount, configuration.hiddenSize, configuration.headCount,
      vocabularySize: configuration.vocabularySize)
  }

  init(_ layerCount: Int, _ hiddenSize: Int, _ headCount: Int, vocabularySize: Int) {
    self.layerCount = layerCount
    self.hiddenSize = hiddenSize
    self.headCount = headCount
    self.vocabularySize = vocabularySize
  }

  /// Floating-point operations of full attention over s tokens, forward:
  /// F(s) = s·(24·L·d² + 2·V·d) + s²·L·(4·d + 10·h).
  ///
  /// The feed-forward network is 4·d wide, and logits over the vocabulary are counted at every token.
  /// Source: "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062.
  public func fullAttentionOperationCount(tokenCount: Double) -> Double {
    let (layers, width) = (Double(layerCount), Double(hiddenSize))
    let linear = 24 * layers * width * width + 2 * Double(vocabularySize) * width
    let quadratic = layers * (4 * width + 10 * Double(headCount))
    return tokenCount * linear + tokenCount * tokenCount * quadratic
  }

  /// Floating-point operations of the recurrence over s tokens, forward: F(p)·s/(p − o) with segments
  /// of p positions, o of which are memory and special tokens.
  ///
  /// The paper counts none of those: o = 0. Where s fits one segment it is read like anything else:
  /// F(s + o).
  public func recurrentOperationCount(
    tokenCount: Double, segmentPositions: Double, overhead: Double = 0
  ) -> Double {
    let length = min(tokenCount + overhead, segmentPositions)
    return fullAttentionOperationCount(tokenCount: length) * tokenCount / (length - overhead)
  }
}

extension TransformerShape {
  /// The shapes that go by a name: OPT's, for which the paper gives its table, those of
  /// BERT, and MiniLM with six layers.
  public static let named: [(name: String, shape: TransformerShape)] = [
    ("opt-125m", TransformerShape(12, 768, 12, vocabularySize: 50_272)),
    ("opt-1.3b", TransformerShape(24, 2048, 32, vocabularySize: 50_272)),
    ("opt-2.7b", TransformerShape(32, 2560, 32, vocabularySize: 50_272)),
    ("opt-6.7b", TransformerShape(32, 4096, 32, vocabularySize: 50_272)),
    ("opt-13b", TransformerShape(40, 5120, 40, vocabularySize: 50_272)),
    ("opt-30b", TransformerShape(48, 7168, 56, vocabularySize: 50_272)),
    ("opt-66b", TransformerShape(64, 9216, 72, vocabularySize: 50_272)),
    ("opt-175b", TransformerShape(96, 12_288, 96, vocabularySize: 50_272)),
    ("bert-base", TransformerShape(12, 768, 12, vocabularySize: 28_996)),
    ("bert-large", TransformerShape(24, 1024, 16, vocabularySize: 28_996)),
    ("minilm-l6", TransformerShape(6, 384, 12, vocabularySize: 30_522)),
  ]

  /// The shapes of the paper's table.
  public static let published: Set<String> = [
    "opt-125m", "opt-1.3b", "opt-6.7b", "opt-30b", "opt-175b",
  ]
}
