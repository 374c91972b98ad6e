import ModelSchema

extension Dialect {
  /// Hugging Face's TensorFlow names, from `tf_model.h5` and from safetensors of format `tf`.
  ///
  /// `bert/tf_bert_model/bert/encoder/layer_._0/attention/self/query/kernel:0`: what stands before
  /// the last `bert` is the Keras layer and a scope that differs from class to class. Kernels are
  /// `[in, out]`; embeddings, norms and offsets lie as in PyTorch. A model with a head stores its
  /// embeddings twice, under both layers that use them.
  package static let tensorFlow = Dialect(
    name: "tensorflow", unwrap: unwrapTensorFlow, spell: spellTensorFlow, rules: tensorFlowRules)

  /// Keras layers whose name may stand before a scope and then again before their weights.
  private static let kerasLayers = ["bert", "classifier", "mlm___cls", "nsp___cls", "qa_outputs"]

  /// The group of a whole Keras model in which the optimizer keeps what it remembers.
  private static let optimizer = "optimizer_weights"

  @Sendable
  private static func unwrapTensorFlow(_ name: String) -> String {
    var components = name.split(separator: "/", omittingEmptySubsequences: true)
    if let last = components.last, let colon = last.lastIndex(of: ":") {
      components[components.count - 1] = last[..<colon]
    }
    guard components.first != optimizer[...] else { return name }
    let layer = components.lastIndex { kerasLayers.contains(String($0)) }
    guard let layer else { return components.joined(separator: "/") }
    let isBackbone = components[layer] == "bert"
    return components[(isBackbone ? layer + 1 : layer)...].joined(separator: "/")
  }

  @Sendable
  private static func spellTensorFlow(_ parameter: ParameterDescription) -> [Spelling] {
    let components = parameter.name.split(separator: ".")
    // layer.0 is written layer_._0.
    let path = components.dropLast().joined(separator: "/")
      .replacing("encoder/layer/", with: "encoder/layer_._")
    return switch parameter.role {
    // Word embeddings are called weight and the other tables embeddings; take either for all.
    case .embedding: [Spelling("\(path)/weight"), Spelling("\(path)/embeddings")]
    case .weight: [Spelling("\(path)/kernel", .transposed)]
    case .bias: [Spelling("\(path)/bias")]
    case .gain: [Spelling("\(path)/gamma")]
    case .normBias: [Spelling("\(path)/beta")]
    case .memory: []
    }
  }

  private static let tensorFlowRules: [TensorRule] = [
    .drop(.beginning("\(optimizer)/"), DroppedReason.optimizer),
    .drop(.beginning("mlm___cls/"), DroppedReason.maskedLanguageModel),
    .drop(.beginning("nsp___cls/"), DroppedReason.nextSentence),
    .drop(.beginning("qa_outputs/"), DroppedReason.questionAnswering),
    .refuse(.containing("crossattention"), DroppedReason.crossAttention),
  ]
}
