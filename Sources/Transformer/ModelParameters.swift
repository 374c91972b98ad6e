import Kernels
import ModelSchema

/// A model's parameters, or their gradients, bound to numbers that somebody else owns.
///
/// Names and shapes come from ``ParameterCatalog``; a parameter of another shape cannot be bound.
package struct ModelParameters<Scalar: KernelScalar> {
  /// The lookup tables and the normalisation of the embedding layer.
  package struct Embeddings {
    package var word: UnsafeMutablePointer<Scalar>
    package var position: UnsafeMutablePointer<Scalar>
    package var tokenType: UnsafeMutablePointer<Scalar>
    package var norm: LayerNorm<Scalar>
  }

  /// One encoder layer.
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

  /// Whether a parameter is a matrix of an encoder layer.
  package static func isLayerMatrix(_ parameter: ParameterDescription) -> Bool {
    parameter.role == .weight && parameter.name.hasPrefix("encoder.layer.")
  }

  package var embeddings: Embeddings
  package var layers: [Layer]
  package var pooler: Linear<Scalar>
  /// Memory before the first segment, `[m, d]`; `nil` without memory tokens.
  package var initialMemory: UnsafeMutablePointer<Scalar>?
  /// The classification head; `nil` without labels.
  package var classifier: Linear<Scalar>?
  /// The masked language modelling head; `nil` without one.
  package var maskedTokenHead: MaskedTokenHead<Scalar>.Parameters?

  /// Binds every parameter of the catalogue.
  ///
  /// - Parameters:
  ///   - packsLayers: whether `locate` gives the layers' matrices packed, as
  ///     ``Linear/pack(_:outputs:inputs:into:team:)`` does.
  ///   - locate: the first number of a parameter of the catalogue.
  package init(
    _ model: ModelDescription, packsLayers: Bool = false,
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
    func layerLinear(_ name: String) throws -> Linear<Scalar> {
      try linear(name, isPacked: packsLayers)
    }
    func norm(_ name: String) throws -> LayerNorm<Scalar> {
      let (gain, shape) = try find("\(name).weight")
      return LayerNorm(
        gain: gain, bias: try find("\(name).bias").0, width: shape[0], epsilon: epsilon)
    }
    embeddings = Embeddings(
      word: try find("embeddings.word_embeddings.weight").0,
      position: try find("embeddings.position_embeddings.weight").0,
      tokenType: try find("embeddings.token_type_embeddings.weight").0,
      norm: try norm("embeddings.LayerNorm"))
    layers = try (0..<model.encoder.layerCount).map { index in
      let prefix = "encoder.layer.\(index)"
      return Layer(
        query: try layerLinear("\(prefix).attention.self.query"),
        key: try layerLinear("\(prefix).attention.self.key"),
        value: try layerLinear("\(prefix).attention.self.value"),
        attentionOutput: try layerLinear("\(prefix).attention.output.dense"),
        attentionNorm: try norm("\(prefix).attention.output.LayerNorm"),
        intermediate: try layerLinear("\(prefix).intermediate.dense"),
        output: try layerLinear("\(prefix).output.dense"),
        outputNorm: try norm("\(prefix).output.LayerNorm"))
    }
    pooler = try linear("pooler.dense")
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
          inputSize: model.encoder.hiddenSize, outputSize: model.encoder.vocabularySize,
          isPacked: false))
  }
}
