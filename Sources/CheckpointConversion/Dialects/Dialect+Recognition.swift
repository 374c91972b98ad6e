import ModelSchema

extension Dialect {
  /// The dialect in which the names of a family's file are written, told by the names alone.
  package static func recognized(in names: [String], family: EncoderFamily = .bert) -> Dialect {
    if let keras = recognizedKeras(in: names) { return keras }
    let spoken = FamilyNames(family, classifies: names.contains(where: isClassifierLayer))
    if names.contains(where: { $0.hasSuffix(":0") && $0.contains("/") }) {
      return .tensorFlow(spoken)
    }
    if names.contains(where: { $0.hasSuffix(objectSuffix) }) {
      return .tensorFlowObjects(layerCount: objectLayerCount(in: names))
    }
    if names.contains("token_embd.weight") { return .gguf }
    if names.contains(where: variablesOfWordEmbeddings.contains) {
      return .tensorFlowVariables(family)
    }
    if names.contains(where: { $0.hasSuffix(flaxTable) }) { return .flax(spoken) }
    let wrappers = wrappers(in: names)
    if names.contains(where: { $0.hasSuffix(".kernel") }) { return .onnx(spoken, in: wrappers) }
    let isReference = names.contains { name in
      name == "mem_token_ids" || name.hasSuffix(".mem_token_ids")
        || name.hasSuffix("model.embeddings.weight")
    }
    return isReference ? .reference(spoken, in: wrappers) : .pyTorch(spoken, in: wrappers)
  }

  /// What may stand before PyTorch's names, the longest first: `module.bert.` and `module.`.
  ///
  /// The table of word embeddings tells: what precedes its name is the way to the encoder, and a head
  /// beside that shares a part of it. A file of several encoders has several ways.
  private static func wrappers(in names: [String]) -> [String] {
    let tables = names.lazy.filter {
      $0.hasSuffix(".\(wordEmbeddings)") && $0.utf8.count <= longestTableName
    }.prefix(largestEncoderCount)
    var wrappers: Set<String> = []
    for table in tables {
      let way = table.dropLast(wordEmbeddings.count)
      for end in way.indices where way[end] == "." { wrappers.insert(String(way[...end])) }
    }
    return wrappers.sorted { ($0.count, $0) > ($1.count, $1) }
  }

  /// Enough for any file of a BERT; more would make the wrappers of a hostile one many.
  private static let largestEncoderCount = 4
  private static let longestTableName = 1024

  /// A dialect of Keras's layers, which bear the names of their classes or of their places.
  private static func recognizedKeras(in names: [String]) -> Dialect? {
    if names.contains(where: { $0.contains("Encoder-1-MultiHeadSelfAttention/") }) {
      return .kerasBERT
    }
    if names.contains(where: { $0.contains("Transformer-0-MultiHeadSelfAttention/") }) {
      return .bert4Keras
    }
    let table = names.lazy.filter { $0.hasSuffix("0") }.map(unwrapKerasHub).first {
      $0.hasSuffix("layers/reversible_embedding/vars/0")
    }
    return table.map { $0.hasPrefix(kerasHubBackbone) ? .kerasHubTask : .kerasHub }
  }

  /// Whether a name is of the first layer of a classifier that has two.
  private static func isClassifierLayer(_ name: String) -> Bool {
    ["pre_classifier.", "pre_classifier/", "classifier.dense.", "classifier/dense/"].contains(
      where: name.contains)
  }
}
