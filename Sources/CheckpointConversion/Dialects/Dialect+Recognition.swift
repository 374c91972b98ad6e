import ModelSchema

extension Dialect {
  /// The dialect in which the names of a family's file are written, told by the names alone.
  package static func recognized(in names: [String], family: EncoderFamily = .bert) -> Dialect {
    let spoken = FamilyNames(family, classifies: names.contains(where: isClassifierLayer))
    if names.contains(where: { $0.contains("/") && $0.hasSuffix(":0") }) {
      return .tensorFlow(spoken)
    }
    let isReference = names.contains { name in
      name == "mem_token_ids" || name.hasSuffix(".mem_token_ids")
        || name.hasSuffix("model.embeddings.weight")
    }
    return isReference ? .reference(spoken) : .pyTorch(spoken)
  }

  /// Whether a name is of the first layer of a classifier that has two.
  private static func isClassifierLayer(_ name: String) -> Bool {
    ["pre_classifier.", "pre_classifier/", "classifier.dense.", "classifier/dense/"].contains(
      where: name.contains)
  }

  /// Encoder layers, or groups of layers, that the names speak of: one more than the highest index.
  package static func layerCount(in names: [String]) -> Int {
    names.compactMap { name -> Int? in
      for marker in layerMarkers {
        guard let found = name.firstRange(of: marker) else { continue }
        let digits = name[found.upperBound...].prefix { $0.isASCII && $0.isNumber }
        guard digits.count <= 6, let index = Int(digits) else { continue }
        return index + 1
      }
      return nil
    }.max() ?? 0
  }

  /// What stands before the number of a layer or group.
  private static let layerMarkers = [
    "encoder.layer.", "encoder/layer_._", "transformer.layer.", "transformer/layer_._",
    "albert_layer_groups.", "albert_layer_groups_._",
  ]
}
