import HDF5
import ModelSchema
import TensorStorage

extension Dialect {
  /// The layers of keras-bert.
  ///
  /// `Encoder-1-MultiHeadSelfAttention` has the weights `…_Wq`, `…_bq` and so on, with kernels
  /// `[in, out]`. Layers count from 1.
  /// Source: keras-bert 0.89 (bert.py), keras-multi-head, keras-position-wise-feed-forward.
  package static let kerasBERT = Dialect(
    name: "keras-bert", unwrap: unwrapKerasBERT, spell: spellKerasBERT,
    rules: [optimizerRule] + legacyHeadRules,
    layerNumber: { number(behind: "Encoder-", in: $0).map { $0 - 1 } })

  /// The layers of bert4keras.
  ///
  /// The weights of `Transformer-0-FeedForward` are told by their order alone, for Keras numbers the
  /// parts inside. A norm has beta before gamma. Layers count from 0.
  /// Source: bert4keras 0.11 (models.py, `variable_mapping`).
  package static let bert4Keras = Dialect(
    name: "bert4keras", unwrap: { $0 }, spell: spellBERT4Keras,
    rules: [optimizerRule] + legacyHeadRules, layerNumber: number(behind: "Transformer-"))

  /// What the dialect calls tensors whose own names do not tell which they are.
  ///
  /// bert4keras's weights become `LAYER/NUMBER`, by the order in which the file lists them.
  /// - Throws: `HDF5Error` when the lists of names are missing or wrong.
  func names(in source: any TensorSource) throws -> [String: String] {
    guard name == Self.bert4Keras.name, let file = source as? HDF5File else { return [:] }
    var names: [String: String] = [:]
    for layer in try file.kerasLayers() {
      var seen: Set<String> = []
      // Some versions of Keras list the weights of an inner layer a second time.
      for weight in layer.weights where seen.insert(weight.tensor.name).inserted {
        names[weight.tensor.name] = "\(layer.name)/\(seen.count - 1)"
      }
    }
    return names
  }

  private static let optimizerRule = TensorRule.drop(
    .containing("optimizer_weights/"), DroppedReason.optimizer)

  /// Heads of both libraries, where they are not a BERT's own head of masked language modelling.
  private static let legacyHeadRules: [TensorRule] = [
    .drop(.beginning("MLM-"), DroppedReason.maskedLanguageModel),
    .drop(.beginning("NSP"), DroppedReason.nextSentence),
  ]

  private static let legacyTables = [
    "embeddings.word_embeddings": "Embedding-Token",
    "embeddings.position_embeddings": "Embedding-Position",
    "embeddings.token_type_embeddings": "Embedding-Segment",
    "embeddings.LayerNorm": "Embedding-Norm",
    "cls.predictions.transform.dense": "MLM-Dense",
    "cls.predictions.transform.LayerNorm": "MLM-Norm",
  ]
  /// A layer's name behind its number, and where in the layer a kernel stands among all.
  private static let legacyParts: [String: (layer: String, kernel: Int)] = [
    "attention.self.query": ("MultiHeadSelfAttention", 0),
    "attention.self.key": ("MultiHeadSelfAttention", 1),
    "attention.self.value": ("MultiHeadSelfAttention", 2),
    "attention.output.dense": ("MultiHeadSelfAttention", 3),
    "attention.output.LayerNorm": ("MultiHeadSelfAttention-Norm", 0),
    "intermediate.dense": ("FeedForward", 0), "output.dense": ("FeedForward", 1),
    "output.LayerNorm": ("FeedForward-Norm", 0),
  ]

  /// The last two parts of the path without the number of the variable, or all of an optimizer's.
  @Sendable
  private static func unwrapKerasBERT(_ name: String) -> String {
    guard !name.contains("optimizer_weights/") else { return name }
    let path = name.split(separator: "/").suffix(2).joined(separator: "/")
    return path.hasSuffix(":0") ? String(path.dropLast(2)) : path
  }

  @Sendable
  private static func spellKerasBERT(_ parameter: ParameterDescription) -> [Spelling] {
    if parameter.name == "cls.predictions.bias" { return [Spelling("MLM-Sim/bias")] }
    guard let leaf = parameter.role.kerasLeaf, let variable = parameter.role.kerasVariable else {
      return []
    }
    let orientation = parameter.role.kerasOrientation
    if let layer = legacyTables[parameter.module] {
      return [Spelling("\(layer)/\(leaf)", orientation)]
    }
    if parameter.module == "pooler.dense" {
      return [Spelling("NSP-Dense/\(leaf)", orientation)]
    }
    guard let (index, part) = parameter.encoderLayer, let place = legacyParts[part] else {
      return []
    }
    let layer = "Encoder-\(index + 1)-\(place.layer)"
    switch parameter.role {
    case .gain, .normBias: return [Spelling("\(layer)/\(leaf)")]
    default:
      let letters = place.layer == "FeedForward" ? ["1", "2"] : ["q", "k", "v", "o"]
      let leaf = ["W", "b"][variable] + letters[place.kernel]
      return [Spelling("\(layer)/\(layer)_\(leaf)", orientation)]
    }
  }

  @Sendable
  private static func spellBERT4Keras(_ parameter: ParameterDescription) -> [Spelling] {
    if parameter.name == "cls.predictions.bias" { return [Spelling("MLM-Bias/0")] }
    guard let variable = parameter.role.kerasVariable else { return [] }
    let orientation = parameter.role.kerasOrientation
    let isNorm = parameter.role == .gain || parameter.role == .normBias
    let place = isNorm ? 1 - variable : variable
    if let layer = legacyTables[parameter.module] {
      return [Spelling("\(layer)/\(place)", orientation)]
    }
    if parameter.module == "pooler.dense" {
      return [Spelling("Pooler-Dense/\(place)", orientation)]
    }
    guard let (index, part) = parameter.encoderLayer, let layer = legacyParts[part] else {
      return []
    }
    return [
      Spelling("Transformer-\(index)-\(layer.layer)/\(2 * layer.kernel + place)", orientation)
    ]
  }
}
