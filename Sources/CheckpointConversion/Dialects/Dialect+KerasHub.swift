import ModelSchema

extension Dialect {
  /// keras-hub's `BertBackbone`, from a preset, a `.keras` archive or `.weights.h5`.
  ///
  /// `layers/transformer_encoder_1/_self_attention_layer/query_dense/vars/0`: the number counts layers
  /// of one class, the first has none; `vars/0` is a kernel, a table or gamma, `vars/1` a bias or
  /// beta. Kernels are `[in, out]`; the attention's have an axis for the heads.
  /// Source: keras_hub 0.32 (BertBackbone, TransformerEncoder), keras 3.15 (saving_lib).
  package static let kerasHub = Dialect(
    name: "keras-hub", unwrap: unwrapKerasHub, spell: { spellKerasHub($0, inside: "") },
    rules: kerasHubRules,
    layerNumber: { kerasHubLayer($0, inside: "") }, keepsHeadsApart: true)

  /// A task of keras-hub around the backbone: the same names inside `layers/bert_backbone`, and a
  /// classifier that is called `layers/dense`, as the backbone's own pooler.
  package static let kerasHubTask = Dialect(
    name: "keras-hub-task", unwrap: unwrapKerasHub,
    spell: { spellKerasHub($0, inside: kerasHubBackbone) }, rules: kerasHubRules,
    layerNumber: { kerasHubLayer($0, inside: kerasHubBackbone) }, keepsHeadsApart: true)

  /// What stands before the backbone's names in a task.
  static let kerasHubBackbone = "layers/bert_backbone/"

  /// Older files call the list of layers by its attribute, and have Windows's separators.
  @Sendable
  static func unwrapKerasHub(_ name: String) -> String {
    name.replacing("\\", with: "/").replacing("_layer_checkpoint_dependencies/", with: "layers/")
  }

  private static let kerasHubTables = [
    "embeddings.word_embeddings": "reversible_embedding",
    "embeddings.position_embeddings": "position_embedding",
    "embeddings.token_type_embeddings": "embedding", "embeddings.LayerNorm": "layer_normalization",
    "pooler.dense": "dense",
  ]
  private static let kerasHubParts = [
    "attention.self.query": "_self_attention_layer/query_dense",
    "attention.self.key": "_self_attention_layer/key_dense",
    "attention.self.value": "_self_attention_layer/value_dense",
    "attention.output.dense": "_self_attention_layer/output_dense",
    "attention.output.LayerNorm": "_self_attention_layer_norm",
    "intermediate.dense": "_feedforward_intermediate_dense",
    "output.dense": "_feedforward_output_dense", "output.LayerNorm": "_feedforward_layer_norm",
  ]

  @Sendable
  private static func spellKerasHub(
    _ parameter: ParameterDescription, inside prefix: String
  ) -> [Spelling] {
    guard let variable = parameter.role.kerasVariable else { return [] }
    let orientation = parameter.role.kerasOrientation
    if parameter.module == "classifier" {
      return prefix.isEmpty ? [] : [Spelling("layers/dense/vars/\(variable)", orientation)]
    }
    if let layer = kerasHubTables[parameter.module] {
      return [Spelling("\(prefix)layers/\(layer)/vars/\(variable)", orientation)]
    }
    guard let (index, part) = parameter.encoderLayer, let path = kerasHubParts[part] else {
      return []
    }
    let layer = "transformer_encoder" + (index == 0 ? "" : "_\(index)")
    return [Spelling("\(prefix)layers/\(layer)/\(path)/vars/\(variable)", orientation)]
  }

  /// The number of a layer, of which the first has none.
  private static func kerasHubLayer(_ name: String, inside prefix: String) -> Int? {
    let layer = "\(prefix)layers/transformer_encoder"
    return name.hasPrefix("\(layer)/") ? 0 : number(behind: "\(layer)_", in: name)
  }

  private static let kerasHubRules: [TensorRule] = [
    .drop(.beginning("optimizer/"), DroppedReason.optimizer),
    .drop(.containing("masked_lm_head/"), DroppedReason.maskedLanguageModel),
  ]
}
