import ModelSchema

extension Dialect {
  /// The objects of a TensorFlow 2 checkpoint of an official model, numbered as they were made:
  /// `model/layer_with_weights-4/_attention_layer/_query_dense/kernel/.ATTRIBUTES/VARIABLE_VALUE`.
  ///
  /// Three tables, their LayerNorm, the encoder's layers, the pooler: what a number means depends on
  /// how many layers there are. Kernels are `[in, out]`; those of the attention keep the heads apart,
  /// `[in, heads, size]` and `[heads, size, out]`. Source: transformers,
  /// `convert_bert_original_tf2_checkpoint_to_pytorch.py`.
  ///
  /// - Parameter layerCount: the encoder's layers.
  package static func tensorFlowObjects(layerCount: Int) -> Dialect {
    Dialect(
      name: "tensorflow-objects", unwrap: unwrapObject,
      spell: { spellObject($0, layerCount: layerCount) }, rules: objectRules,
      layerNumber: objectLayerNumber, keepsHeadsApart: true)
  }

  /// What the name of a tensor in such a checkpoint ends with.
  package static let objectSuffix = "/.ATTRIBUTES/VARIABLE_VALUE"
  /// What a layer's name begins with, before its number.
  static let objectLayer = "layer_with_weights-"
  /// Layers before the encoder's: three tables and their LayerNorm.
  static let objectLayersBeforeEncoder = 4

  @Sendable
  private static func unwrapObject(_ name: String) -> String {
    let name = name.hasSuffix(objectSuffix) ? String(name.dropLast(objectSuffix.count)) : name
    // An encoder inside another model has its own numbers behind those of the model.
    guard let layer = name.ranges(of: objectLayer).last else { return name }
    return String(name[layer.lowerBound...])
  }

  /// The layers of an encoder whose objects these are.
  static func objectLayerCount(in names: [String]) -> Int {
    names.compactMap { objectLayerNumber(unwrapObject($0)) }.max().map { $0 + 1 } ?? 0
  }

  @Sendable
  private static func objectLayerNumber(_ name: String) -> Int? {
    guard name.contains("/_attention_layer/") else { return nil }
    return number(behind: objectLayer, in: name).map { $0 - objectLayersBeforeEncoder }
  }

  /// The objects of an encoder's layer by what they are in the catalogue.
  private static let layerParts: [String: [String]] = [
    "attention.self.query": ["_attention_layer/_query_dense"],
    "attention.self.key": ["_attention_layer/_key_dense"],
    "attention.self.value": ["_attention_layer/_value_dense"],
    "attention.output.dense": ["_attention_output_dense", "_attention_layer/_output_dense"],
    "attention.output.LayerNorm": ["_attention_layer_norm"],
    "intermediate.dense": ["_intermediate_dense"],
    "output.dense": ["_output_dense"],
    "output.LayerNorm": ["_output_layer_norm"],
  ]

  private static func spellObject(
    _ parameter: ParameterDescription, layerCount: Int
  ) -> [Spelling] {
    guard let leaf = parameter.role.kerasLeaf else { return [] }
    return objectPaths(of: parameter, layerCount: layerCount).map {
      Spelling("\(objectLayer)\($0)/\(leaf)", parameter.role.kerasOrientation)
    }
  }

  private static func objectPaths(of parameter: ParameterDescription, layerCount: Int) -> [String] {
    switch parameter.module {
    case "embeddings.word_embeddings": return ["0"]
    case "embeddings.position_embeddings": return ["1"]
    case "embeddings.token_type_embeddings": return ["2"]
    case "embeddings.LayerNorm": return ["3"]
    case "pooler.dense": return ["\(objectLayersBeforeEncoder + layerCount)"]
    default: break
    }
    guard let (layer, part) = parameter.encoderLayer else { return [] }
    return (layerParts[part] ?? []).map { "\(objectLayersBeforeEncoder + layer)/\($0)" }
  }

  private static let objectRules: [TensorRule] = [
    .drop(.containing("/.OPTIMIZER_SLOT/"), DroppedReason.optimizer),
    .drop(.beginning("optimizer/"), DroppedReason.optimizer),
    .drop(.exactly("save_counter"), DroppedReason.saveCount),
    .drop(.exactly("global_step"), DroppedReason.stepCount),
  ]
}
