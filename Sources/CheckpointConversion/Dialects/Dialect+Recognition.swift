extension Dialect {
  /// The dialect in which a file's names are written, told by the names alone.
  package static func recognized(in names: [String]) -> Dialect {
    if names.contains(where: { $0.contains("/") && $0.hasSuffix(":0") }) { return .tensorFlow }
    let isReference = names.contains { name in
      name == "mem_token_ids" || name.hasSuffix(".mem_token_ids")
        || name.hasSuffix("model.embeddings.weight")
    }
    return isReference ? .reference : .pyTorch
  }

  /// Encoder layers that the names speak of: one more than the highest index.
  package static func layerCount(in names: [String]) -> Int {
    names.compactMap { name -> Int? in
      for marker in ["encoder.layer.", "encoder/layer_._"] {
        guard let found = name.firstRange(of: marker) else { continue }
        let digits = name[found.upperBound...].prefix { $0.isASCII && $0.isNumber }
        guard digits.count <= 6, let index = Int(digits) else { continue }
        return index + 1
      }
      return nil
    }.max() ?? 0
  }
}
