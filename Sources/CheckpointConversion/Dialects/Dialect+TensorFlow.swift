import ModelSchema

extension Dialect {
  /// Hugging Face's TensorFlow names, from `tf_model.h5` and from safetensors of format `tf`.
  ///
  /// `bert/tf_bert_model/bert/encoder/layer_._0/attention/self/query/kernel:0`: what stands before
  /// the last `bert` is the Keras layer and a scope that differs from class to class. Kernels are
  /// `[in, out]`; embeddings, norms and offsets lie as in PyTorch. A model with a head stores its
  /// embeddings twice, under both layers that use them.
  package static func tensorFlow(_ names: FamilyNames) -> Dialect {
    Dialect(
      name: "tensorflow", unwrap: unwrapTensorFlow(encoder: names.encoder),
      spell: { spellTensorFlow($0, names) },
      rules: names.dropped.map { .drop(.beginning("\($0.module)/"), $0.reason) }
        + tensorFlowRules,
      layerNumber: number(behind: tensorFlowPath(of: names.layers) + "_._"))
  }

  /// BERT's own names.
  package static let tensorFlow = Dialect.tensorFlow(FamilyNames(.bert, classifies: true))

  /// Groups of a whole Keras model: its weights, and what its optimizer remembers.
  private static let weights = "model_weights"
  private static let optimizer = "optimizer_weights"

  private static func unwrapTensorFlow(encoder: String) -> @Sendable (String) -> String {
    { name in
      var components = name.split(separator: "/", omittingEmptySubsequences: true)
      if let last = components.last, let colon = last.lastIndex(of: ":") {
        components[components.count - 1] = last[..<colon]
      }
      guard components.first != optimizer[...] else { return name }
      if components.first == weights[...] { components.removeFirst() }
      if let inside = components.lastIndex(of: encoder[...]) {
        return components[(inside + 1)...].joined(separator: "/")
      }
      // A head is named before its scope and again behind it.
      let head = components.first.flatMap { components.dropLast().lastIndex(of: $0) } ?? 0
      return components[head...].joined(separator: "/")
    }
  }

  @Sendable
  private static func spellTensorFlow(
    _ parameter: ParameterDescription, _ names: FamilyNames
  ) -> [Spelling] {
    guard let module = names.module(parameter.module), let leaf = parameter.role.kerasLeaf else {
      return []
    }
    // Its head's layer is called after both.
    let path = (module.hasPrefix("cls.") ? "mlm___" : "") + tensorFlowPath(of: module)
    let spelling = Spelling("\(path)/\(leaf)", parameter.role.kerasOrientation)
    // Word embeddings are called weight and the other tables embeddings; take either for all.
    return parameter.role == .embedding ? [Spelling("\(path)/weight"), spelling] : [spelling]
  }

  /// The path of a module: `layer.0` is written `layer_._0`.
  private static func tensorFlowPath(of module: String) -> String {
    module.split(separator: ".").reduce(into: "") { path, part in
      path += path.isEmpty ? "" : part.allSatisfy(\.isNumber) ? "_._" : "/"
      path += part
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
