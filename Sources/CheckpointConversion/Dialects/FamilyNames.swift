import ModelSchema

/// How a family's classes in transformers name the modules of the network, beside the native names.
///
/// The tables are data. PyTorch's and TensorFlow's dialects are both spelled from them: TensorFlow
/// names the same modules, with slashes.
///
/// Source: the state dicts of transformers 5.23.0, listed in Tests/Fixtures/families.json.
package struct FamilyNames: Sendable {
  /// The module that holds the encoder inside a class with a head.
  package let encoder: String
  /// Modules that stand in a class beside the encoder, by their native names.
  private let heads: Set<String>
  /// Native modules under other names; `*` is the number of a layer.
  ///
  /// An empty name means that the family's classes have no such module.
  private let renamed: [String: String]
  /// Modules of other heads, each with the reason why it is left out.
  let dropped: [(module: String, reason: String)]

  /// The names of a family's classes.
  ///
  /// - Parameter classifies: whether there is a classifier of documents, whose first layer may stand
  ///   for the pooler.
  package init(_ family: EncoderFamily, classifies: Bool) {
    var renamed: [String: String] = [:]
    var heads: Set<String> = ["classifier"]
    switch family {
    case .bert:
      encoder = "bert"
      dropped = []
    case .distilBERT:
      encoder = "distilbert"
      renamed = Self.distilBERTLayer
      renamed["pooler.dense"] = classifies ? "pre_classifier" : ""
      heads.insert("pooler.dense")
      dropped = ["vocab_transform", "vocab_layer_norm", "vocab_projector"].map {
        ($0, DroppedReason.maskedLanguageModel)
      }
    case .roBERTa, .xlmRoBERTa, .camemBERT:
      encoder = "roberta"
      if classifies {
        renamed = ["pooler.dense": "classifier.dense", "classifier": "classifier.out_proj"]
        heads.insert("pooler.dense")
      } else {
        renamed = ["classifier": ""]
      }
      dropped =
        [("lm_head", DroppedReason.maskedLanguageModel)]
        + (classifies
          ? [("pooler", DroppedReason.unusedPooler)]
          : [("classifier", DroppedReason.tokenClassifier)])
    case .electra:
      encoder = "electra"
      renamed = ["embeddings.projection": "embeddings_project"]
      renamed["pooler.dense"] = classifies ? "classifier.dense" : ""
      renamed["classifier"] = classifies ? "classifier.out_proj" : ""
      heads.insert("pooler.dense")
      dropped =
        [
          ("discriminator_predictions", DroppedReason.replacedTokens),
          ("generator_predictions", DroppedReason.maskedLanguageModel),
          ("generator_lm_head", DroppedReason.maskedLanguageModel),
          ("sequence_summary", DroppedReason.tokenClassifier),
        ] + (classifies ? [] : [("classifier", DroppedReason.tokenClassifier)])
    case .albert:
      encoder = "albert"
      renamed = Self.albertLayer
      renamed["embeddings.projection"] = "encoder.embedding_hidden_mapping_in"
      renamed["pooler.dense"] = "pooler"
      dropped = [
        ("predictions", DroppedReason.maskedLanguageModel),
        ("sop_classifier", DroppedReason.sentenceOrder),
      ]
    }
    self.renamed = renamed
    self.heads = heads
  }

  /// The foreign name of a native module, inside the encoder or beside it; `nil` when the family's
  /// classes have no such module.
  package func module(_ native: String) -> String? {
    var parts = native.split(separator: ".", omittingEmptySubsequences: false)
    var number: Substring?
    if parts.count > 3, parts[0] == "encoder", parts[1] == "layer" {
      number = parts[2]
      parts[2] = "*"
    }
    let pattern = parts.joined(separator: ".")
    let name = renamed[pattern] ?? pattern
    return name.isEmpty ? nil : number.map { name.replacing("*", with: $0) } ?? name
  }

  /// The module whose children are the layers, or the groups of layers.
  package var layers: String {
    let layer = module("encoder.layer.*.output.dense") ?? ""
    return String(layer.prefix { $0 != "*" }.dropLast())
  }

  /// Whether a native module stands beside the encoder.
  package func isHead(_ native: String) -> Bool { heads.contains(native) }

  private static let distilBERTLayer = [
    "encoder.layer.*.attention.self.query": "transformer.layer.*.attention.q_lin",
    "encoder.layer.*.attention.self.key": "transformer.layer.*.attention.k_lin",
    "encoder.layer.*.attention.self.value": "transformer.layer.*.attention.v_lin",
    "encoder.layer.*.attention.output.dense": "transformer.layer.*.attention.out_lin",
    "encoder.layer.*.attention.output.LayerNorm": "transformer.layer.*.sa_layer_norm",
    "encoder.layer.*.intermediate.dense": "transformer.layer.*.ffn.lin1",
    "encoder.layer.*.output.dense": "transformer.layer.*.ffn.lin2",
    "encoder.layer.*.output.LayerNorm": "transformer.layer.*.output_layer_norm",
  ]

  /// A group of ALBERT's layers has the parameters of one.
  private static let albertLayer = [
    "attention.self.query": "attention.query",
    "attention.self.key": "attention.key",
    "attention.self.value": "attention.value",
    "attention.output.dense": "attention.dense",
    "attention.output.LayerNorm": "attention.LayerNorm",
    "intermediate.dense": "ffn",
    "output.dense": "ffn_output",
    "output.LayerNorm": "full_layer_layer_norm",
  ].reduce(into: [:]) { names, pair in
    names["encoder.layer.*.\(pair.key)"] =
      "encoder.albert_layer_groups.*.albert_layers.0.\(pair.value)"
  }
}
