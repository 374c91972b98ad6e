import ModelSchema

extension Dialect {
  /// The names that are found in an ONNX graph: PyTorch's, and `….kernel` for a matrix that its
  /// exporter transposed.
  ///
  /// The head of masked language modelling is left out: its decoder is the table of word embeddings,
  /// of which exporters make another constant, transposed or not.
  package static func onnx(_ names: FamilyNames, in wrappers: [String]? = nil) -> Dialect {
    let pyTorch = Dialect.pyTorch(names, in: wrappers)
    return Dialect(
      name: "onnx", unwrap: pyTorch.unwrap,
      spell: { parameter in
        guard !parameter.name.hasPrefix(ParameterCatalog.maskedTokenHeadPrefix) else { return [] }
        let spellings = pyTorch.spell(parameter)
        guard parameter.role == .weight, let own = spellings.first else { return spellings }
        let kernel = own.name.dropLast("weight".count) + "kernel"
        return spellings + [Spelling(String(kernel), .transposed)]
      },
      rules: pyTorch.rules, layerNumber: pyTorch.layerNumber)
  }
}
