import TensorStorage

/// One parameter of a model: its name, shape and what it is for.
public struct ParameterDescription: Sendable, Hashable {
  /// What a parameter is for; the optimizer and the initializer ask for it.
  public enum Role: String, Sendable {
    /// A lookup table, one row an id.
    case embedding
    /// A matrix `[out, in]` that is applied as `x · Wᵀ`.
    case weight
    /// An offset that is added to every row.
    case bias
    /// LayerNorm's factor γ.
    case gain
    /// LayerNorm's offset β.
    case normBias
    /// The memory tokens before the first segment.
    case memory
  }

  /// Hugging Face's name without the model's prefix.
  public let name: String
  /// Dimensions; matrices are `[out, in]`.
  public let shape: Shape
  /// What it is for.
  public let role: Role
}

/// Every parameter of a model, in the one order that the weight file, the completeness check of a
/// conversion, the binding of parameters and the optimizer share.
public struct ParameterCatalog: Sendable {
  /// What the names of the parameters of the masked language modelling head begin with.
  public static let maskedTokenHeadPrefix = "cls.predictions."

  /// The parameters, in order.
  public let parameters: [ParameterDescription]

  /// The catalogue of a model.
  ///
  /// Embeddings, and the map behind them where they are narrower than hidden states; layers, each set
  /// once that several share; pooler; then `memory.initial [m, d]` when the model has memory, and
  /// `classifier.weight [labels, d]`, `classifier.bias [labels]` when it has labels, and the head of
  /// masked language modelling, ``maskedTokenHeadPrefix``, when it has one: a transform `[e, d]`, its
  /// LayerNorm, and `cls.predictions.bias [V]`; its decoder is the table of word embeddings.
  public init(_ model: ModelDescription) {
    let encoder = model.encoder
    let width = encoder.hiddenSize, embeddingWidth = encoder.embeddingWidth
    var list: [ParameterDescription] = []
    func add(_ name: String, _ shape: Shape, _ role: ParameterDescription.Role) {
      list.append(ParameterDescription(name: name, shape: shape, role: role))
    }
    func addLinear(_ name: String, outputs: Int, inputs: Int) {
      add("\(name).weight", [outputs, inputs], .weight)
      add("\(name).bias", [outputs], .bias)
    }
    func addLayerNorm(_ name: String, width: Int) {
      add("\(name).weight", [width], .gain)
      add("\(name).bias", [width], .normBias)
    }
    func addTable(_ name: String, rowCount: Int) {
      add("embeddings.\(name)_embeddings.weight", [rowCount, embeddingWidth], .embedding)
    }
    addTable("word", rowCount: encoder.vocabularySize)
    addTable("position", rowCount: encoder.positionRowCount)
    if encoder.tokenTypeCount > 0 { addTable("token_type", rowCount: encoder.tokenTypeCount) }
    addLayerNorm("embeddings.LayerNorm", width: embeddingWidth)
    if encoder.embeddingSize != nil {
      addLinear("embeddings.projection", outputs: width, inputs: embeddingWidth)
    }
    for layer in 0..<encoder.layerGroupCount {
      let prefix = "encoder.layer.\(layer)"
      addLinear("\(prefix).attention.self.query", outputs: width, inputs: width)
      addLinear("\(prefix).attention.self.key", outputs: width, inputs: width)
      addLinear("\(prefix).attention.self.value", outputs: width, inputs: width)
      addLinear("\(prefix).attention.output.dense", outputs: width, inputs: width)
      addLayerNorm("\(prefix).attention.output.LayerNorm", width: width)
      addLinear("\(prefix).intermediate.dense", outputs: encoder.intermediateSize, inputs: width)
      addLinear("\(prefix).output.dense", outputs: width, inputs: encoder.intermediateSize)
      addLayerNorm("\(prefix).output.LayerNorm", width: width)
    }
    addLinear("pooler.dense", outputs: width, inputs: width)
    if let memory = model.memory {
      add("memory.initial", [memory.tokenCount, width], .memory)
    }
    if !model.labels.isEmpty {
      addLinear("classifier", outputs: model.labels.count, inputs: width)
    }
    if model.predictsMaskedTokens {
      addLinear(
        "\(Self.maskedTokenHeadPrefix)transform.dense", outputs: embeddingWidth, inputs: width)
      addLayerNorm("\(Self.maskedTokenHeadPrefix)transform.LayerNorm", width: embeddingWidth)
      add("\(Self.maskedTokenHeadPrefix)bias", [encoder.vocabularySize], .bias)
    }
    parameters = list
  }

  /// The parameter of that name.
  public func parameter(named name: String) -> ParameterDescription? {
    parameters.first { $0.name == name }
  }

  /// Numbers in all parameters together.
  public var elementCount: Int { parameters.reduce(0) { $0 + $1.shape.elementCount } }
}
