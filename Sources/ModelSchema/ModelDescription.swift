/// What a model is, apart from its numbers: encoder, memory, labels.
public struct ModelDescription: Sendable, Hashable {
  /// The encoder's hyper-parameters.
  public var encoder: BERTConfiguration
  /// The memory's settings; `nil` before memory tokens are attached.
  public var memory: MemoryConfiguration?
  /// Names of the classes, in the order of the classifier's rows; empty without a classifier.
  public var labels: [String]

  /// A description with every part given.
  public init(encoder: BERTConfiguration, memory: MemoryConfiguration?, labels: [String]) {
    self.encoder = encoder
    self.memory = memory
    self.labels = labels
  }
}
