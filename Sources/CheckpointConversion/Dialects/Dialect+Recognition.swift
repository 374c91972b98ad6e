import ModelSchema

extension Dialect {
  /// The dialect in which the names of a family's file are written, told by the names alone.
  package static func recognized(in names: [String], family: EncoderFamily = .bert) -> Dialect {
    if let keras = recognizedKeras(in: names) { return keras }
    let spoken = FamilyNames(family, classifies: names.contains(where: isClassifierLayer))
    if names.contains(where: { $0.contains("/") && $0.hasSuffix(":0") }) {
      return .tensorFlow(spoken)
    }
    if names.contains(where: { $0.hasSuffix(objectSuffix) }) {
      return .tensorFlowObjects(layerCount: layerCount(in: names))
    }
    if names.contains("token_embd.weight") { return .gguf }
    if names.contains(where: variablesOfWordEmbeddings.contains) {
      return .tensorFlowVariables(family)
    }
    if names.contains(where: { $0.hasSuffix(".query.kernel") }) { return .onnx }
    let isReference = names.contains { name in
      name == "mem_token_ids" || name.hasSuffix(".mem_token_ids")
        || name.hasSuffix("model.embeddings.weight")
    }
    return isReference ? .reference(spoken) : .pyTorch(spoken)
  }

  /// A dialect of Keras's layers, which bear the names of their classes or of their places.
  private static func recognizedKeras(in names: [String]) -> Dialect? {
    if names.contains(where: { $0.contains("Encoder-1-MultiHeadSelfAttention/") }) {
      return .kerasBERT
    }
    if names.contains(where: { $0.contains("Transformer-0-MultiHeadSelfAttention/") }) {
      return .bert4Keras
    }
    let table = names.map(unwrapKerasHub).first {
      $0.hasSuffix("layers/reversible_embedding/vars/0")
    }
    return table.map { $0.hasPrefix(kerasHubBackbone) ? .kerasHubTask : .kerasHub }
  }

  /// Whether a name is of the first layer of a classifier that has two.
  private static func isClassifierLayer(_ name: String) -> Bool {
    ["pre_classifier.", "pre_classifier/", "classifier.dense.", "classifier/dense/"].contains(
      where: name.contains)
  }

  /// Encoder layers, or groups of layers, that the names speak of: one more than the highest index.
  package static func layerCount(in names: [String]) -> Int {
    names.compactMap { name -> Int? in
      // ELECTRA's other encoder, whose depth is another matter.
      if name.hasPrefix(electraGenerator) { return nil }
      if let count = kerasLayerCount(in: name) { return count }
      for marker in layerMarkers {
        if let index = number(behind: marker, in: name) { return index + 1 }
      }
      guard name.contains("/_attention_layer/") else { return nil }
      return number(behind: objectLayer, in: name).map { $0 + 1 - objectLayersBeforeEncoder }
    }.max() ?? 0
  }

  /// The layers that one of Keras's names speaks of.
  private static func kerasLayerCount(in name: String) -> Int? {
    // The first of keras-hub's layers has no number; keras-bert counts from 1.
    if name.contains("transformer_encoder/") { return 1 }
    for (marker, base) in [("transformer_encoder_", 1), ("Transformer-", 1), ("Encoder-", 0)] {
      if let index = number(behind: marker, in: name) { return index + base }
    }
    return nil
  }

  /// The number behind the last place where a text stands in a name.
  private static func number(behind marker: String, in name: String) -> Int? {
    guard let found = name.ranges(of: marker).last else { return nil }
    let digits = name[found.upperBound...].prefix { $0.isASCII && $0.isNumber }
    return digits.count <= 6 ? Int(digits) : nil
  }

  /// What stands before the number of a layer or group.
  private static let layerMarkers = [
    "encoder.layer.", "encoder/layer_._", "encoder/layer_", "blk.", "transformer.layer.",
    "transformer/layer_._", "transformer/group_", "albert_layer_groups.", "albert_layer_groups_._",
  ]
}
