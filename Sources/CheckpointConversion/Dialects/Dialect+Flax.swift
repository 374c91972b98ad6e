import ModelSchema

extension Dialect {
  /// The names of transformers' Flax classes in safetensors: PyTorch's modules with Flax's leaves.
  ///
  /// A matrix is `kernel [in, out]`, LayerNorm's gain `scale`, a table `embedding`.
  /// Source: transformers 4.57, `modeling_flax_pytorch_utils.py`.
  package static func flax(_ names: FamilyNames) -> Dialect {
    let pyTorch = Dialect.pyTorch(names)
    return Dialect(
      name: "flax", unwrap: pyTorch.unwrap,
      spell: { parameter in
        guard let module = names.module(parameter.module) else { return [] }
        return switch parameter.role {
        case .weight: [Spelling("\(module).kernel", .transposed)]
        case .embedding: [Spelling("\(module).embedding")]
        case .gain: [Spelling("\(module).scale")]
        case .bias, .normBias: [Spelling("\(module).bias")]
        case .memory: []
        }
      },
      rules: pyTorch.rules, layerNumber: pyTorch.layerNumber)
  }

  /// How the name ends that tells them.
  static let flaxTable = "word_embeddings.embedding"
}
