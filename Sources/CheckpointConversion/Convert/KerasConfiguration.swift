import JSON

/// The configuration of a keras-hub model: a BERT's backbone, or a task around one.
struct KerasConfiguration {
  private let json: JSONValue
  private let path: String

  init(_ json: JSONValue, path: String) {
    self.json = json
    self.path = path
  }

  /// The same configuration with Hugging Face's names.
  ///
  /// keras-hub's BERT has the tanh approximation of GELU and ε = 1e-12, whatever its configuration.
  /// Source: keras_hub 0.32, `bert_backbone.py`.
  /// - Throws: ``ConversionError/configuration(path:member:problem:)`` for another class, or when a
  ///   member is missing.
  func translated() throws -> JSONValue {
    var (backbone, place) = (json, "")
    // A task holds its backbone.
    if let inner = json["config"]?["backbone"], inner["class_name"] != nil {
      (backbone, place) = (inner, "config.backbone.")
    }
    let name = backbone["class_name"]?.string ?? ""
    guard name == "BertBackbone" else {
      throw ConversionError.configuration(
        path: path, member: place + "class_name",
        problem: "is \(name.isEmpty ? "no name" : name), expected keras-hub's BertBackbone or a "
          + "task around it; a model of another kind needs a config.json of Hugging Face's")
    }
    func member(_ name: String) throws -> JSONValue {
      guard let value = backbone["config"]?[name] else {
        throw ConversionError.configuration(
          path: path, member: place + "config." + name, problem: "is missing")
      }
      return value
    }
    return [
      "model_type": "bert",
      "vocab_size": try member("vocabulary_size"),
      "hidden_size": try member("hidden_dim"),
      "num_hidden_layers": try member("num_layers"),
      "num_attention_heads": try member("num_heads"),
      "intermediate_size": try member("intermediate_dim"),
      "max_position_embeddings": try member("max_sequence_length"),
      "type_vocab_size": try member("num_segments"),
      "hidden_dropout_prob": try member("dropout"),
      "attention_probs_dropout_prob": try member("dropout"),
      "hidden_act": "gelu_new", "layer_norm_eps": 1e-12,
    ]
  }
}
