import ModelSchema

extension Dialect {
  /// The names that are found in an ONNX graph: PyTorch's, and `….kernel` for a matrix that its
  /// exporter transposed.
  package static let onnx = Dialect(
    name: "onnx", unwrap: pyTorch.unwrap,
    spell: { parameter in
      guard parameter.role == .weight else { return pyTorch.spell(parameter) }
      let kernel = parameter.name.dropLast("weight".count) + "kernel"
      return pyTorch.spell(parameter) + [Spelling(String(kernel), .transposed)]
    },
    rules: pyTorch.rules)
}
