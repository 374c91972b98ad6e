/// What a model is, apart from its numbers: encoder, memory, labels, head of its pretraining.
public struct ModelDescription: Sendable, Hashable {
  /// The encoder's hyper-parameters.
  public var encoder: EncoderConfiguration
  /// The memory's settings; `nil` before memory tokens are attached.
  public var memory: MemoryConfiguration?
  /// Names of the classes, in the order of the classifier's rows; empty without a classifier.
  public var labels: [String]
  /// Whether the model has the head that names masked tokens, with which it is pretrained.
  public var predictsMaskedTokens: Bool

  /// A description with every part given; few models keep the head of their pretraining.
  public init(
    encoder: EncoderConfiguration, memory: MemoryConfiguration?, labels: [String],
    predictsMaskedTokens: Bool = false
  ) {
    self.encoder = encoder
    self.memory = memory
    self.labels = labels
    self.predictsMaskedTokens = predictsMaskedTokens
  }
}
