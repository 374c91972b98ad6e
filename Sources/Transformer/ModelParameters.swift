import Kernels
import ModelSchema

/// A model's parameters, or their gradients, bound to numbers that somebody else owns.
///
/// Names and shapes come from ``ParameterCatalog``; a parameter of another shape cannot be bound.
package struct ModelParameters<Scalar: KernelScalar> {
  /// The lookup tables and the normalisation of the embedding layer, and the map behind them.
  package struct Embeddings {
    package var word: UnsafeMutablePointer<Scalar>
    /// The row of a sequence's first token, which need not be the table's first.
    package var position: UnsafeMutablePointer<Scalar>
    /// `nil` for a model without token types.
    package var tokenType: UnsafeMutablePointer<Scalar>?
    package var norm: LayerNorm<Scalar>
    /// From the embeddings' width to that of hidden states; `nil` where they are the same thing.
    package var projection: Linear<Scalar>?
  }

  /// One encoder layer, or several that share these parameters.
  package struct Layer {
    package var query: Linear<Scalar>
    package var key: Linear<Scalar>
    package var value: Linear<Scalar>
    package var attentionOutput: Linear<Scalar>
    package var attentionNorm: LayerNorm<Scalar>
    package var intermediate: Linear<Scalar>
    package var output: Linear<Scalar>
    package var outputNorm: LayerNorm<Scalar>
  }

  /// Whether a parameter is a matrix of the encoder, which every segment is multiplied by.
  package static func isEncoderMatrix(_ parameter: ParameterDescription) -> Bool {
    parameter.role == .weight
      && (parameter.name.hasPrefix("encoder.layer.") || parameter.name.hasPrefix("embeddings."))
  }

  package var embeddings: Embeddings
  /// One entry a group of layers, ``EncoderConfiguration/layerGroup(of:)``.
  package var layers: [Layer]
  package var pooler: Pooler<Scalar>
  /// Memory before the first segment, `[m, d]`; `nil` without memory tokens.
  package var initialMemory: UnsafeMutablePointer<Scalar>?
  /// The classification head; `nil` without labels.
  package var classifier: Linear<Scalar>?
  /// The masked language modelling head; `nil` without one.
  package var maskedTokenHead: MaskedTokenHead<Scalar>.Parameters?

  /// Binds every parameter of the catalogue.
  ///
  /// - Parameters:
  ///   - packsEncoder: whether `locate` gives the encoder's matrices packed, as
  ///     ``Linear/pack(_:outputs:inputs:into:team:)`` does.
  ///   - locate: the first number of a parameter of the catalogue.
  package init(
    _ model: ModelDescription, packsEncoder: Bool = false,
    locate: (ParameterDescription) throws -> UnsafeMutablePointer<Scalar>
  ) rethrows {
    let catalog = ParameterCatalog(model)
    let byName = Dictionary(uniqueKeysWithValues: catalog.parameters.map { ($0.name, $0) })
    let epsilon = model.encoder.layerNormEpsilon
    func find(_ name: String) throws -> (UnsafeMutablePointer<Scalar>, [Int]) {
      guard let parameter = byName[name] else {
        preconditionFailure("the catalogue has no parameter \(name)")
      }
      return (try locate(parameter), parameter.shape.dimensions)
    }
    func linear(_ name: String, isPacked: Bool = false) throws -> Linear<Scalar> {
      let (weight, shape) = try find("\(name).weight")
      return Linear(
        weight: weight, bias: try find("\(name).bias").0, inputSize: shape[1],
        outputSize: shape[0], isPacked: isPacked)
    }
    func encoderLinear(_ name: String) throws -> Linear<Scalar> {
      try linear(name, isPacked: packsEncoder)
    }
    func norm(_ name: String) throws -> LayerNorm<Scalar> {
      let (gain, shape) = try find("\(name).weight")
      return LayerNorm(
        gain: gain, bias: try find("\(name).bias").0, width: shape[0], epsilon: epsilon)
    }
    let encoder = model.encoder
    embeddings = Embeddings(
      word: try find("embeddings.word_embeddings.weight").0,
      position: try find("embeddings.position_embeddings.weight").0
        + encoder.positionOffset * encoder.embeddingWidth,
      tokenType: encoder.tokenTypeCount > 0
        ? try find("embeddings.token_type_embeddings.weight").0 : nil,
      norm: try norm("embeddings.LayerNorm"),
      projection: encoder.embeddingSize == nil
        ? nil : try encoderLinear("embeddings.projection"))
    layers = try (0..<encoder.layerGroupCount).map { index in
      let prefix = "encoder.layer.\(index)"
      return Layer(
        query: try encoderLinear("\(prefix).attention.self.query"),
        key: try encoderLinear("\(prefix).attention.self.key"),
        value: try encoderLinear("\(prefix).attention.self.value"),
        attentionOutput: try encoderLinear("\(prefix).attention.output.dense"),
        attentionNorm: try norm("\(prefix).attention.output.LayerNorm"),
        intermediate: try encoderLinear("\(prefix).intermediate.dense"),
        output: try encoderLinear("\(prefix).output.dense"),
        outputNorm: try norm("\(prefix).output.LayerNorm"))
    }
    pooler = Pooler(
      dense: try linear("pooler.dense"), activation: encoder.family.poolerActivation)
    initialMemory = try model.memory.map { _ in try find("memory.initial").0 }
    classifier = model.labels.isEmpty ? nil : try linear("classifier")
    let head = ParameterCatalog.maskedTokenHeadPrefix
    maskedTokenHead =
      !model.predictsMaskedTokens
      ? nil
      : MaskedTokenHead<Scalar>.Parameters(
        transform: try linear("\(head)transform.dense"),
        norm: try norm("\(head)transform.LayerNorm"),
        // The decoder is tied: its gradient is added to that of the word embeddings.
        decoder: Linear(
          weight: embeddings.word, bias: try find("\(head)bias").0,
          inputSize: encoder.embeddingWidth, outputSize: encoder.vocabularySize,
          isPacked: false))
  }
}
