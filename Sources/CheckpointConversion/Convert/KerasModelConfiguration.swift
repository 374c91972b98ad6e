import JSON

/// The configuration that a whole model of keras-bert or bert4keras brings along, layer by layer.
///
/// Source: keras-bert 0.89 and bert4keras 0.11, the layers' `get_config`.
struct KerasModelConfiguration {
  /// The first encoder layer's attention and feed-forward network.
  let attention, feedForward: String
  /// Where the attention keeps its number of heads.
  let headCount: String
  /// What the library computes under the name of an activation, in Hugging Face's words.
  let activations: [String: String]
  /// ε of its norms where nothing says otherwise.
  let layerNormEpsilon: Double
  /// What the names of feed-forward networks end with, each of which is an encoder layer's.
  private static let feedForwardEnding = "-FeedForward"

  /// What is peculiar to a dialect; `nil` for those of other libraries.
  init?(of dialect: Dialect) {
    switch dialect.name {
    case Dialect.kerasBERT.name:
      attention = "Encoder-1-MultiHeadSelfAttention"
      feedForward = "Encoder-1-FeedForward"
      headCount = "head_num"
      activations = ["gelu": "gelu_new", "relu": "relu"]
      layerNormEpsilon = 1e-14
    case Dialect.bert4Keras.name:
      attention = "Transformer-0-MultiHeadSelfAttention"
      feedForward = "Transformer-0-FeedForward"
      headCount = "heads"
      activations = ["gelu": "gelu", "relu": "relu"]
      layerNormEpsilon = 1e-7
    default: return nil
    }
  }

  /// The same configuration with Hugging Face's names.
  ///
  /// - Throws: ``ConversionError/configuration(path:member:problem:)`` when a layer or a member of one
  ///   is missing.
  func translated(_ json: JSONValue, path: String) throws -> JSONValue {
    var layers: [String: JSONValue] = [:]
    for layer in json["config"]?["layers"]?.array ?? [] {
      if let settings = layer["config"], let name = settings["name"]?.string {
        layers[name] = settings
      }
    }
    func member(_ name: String, of layer: String) throws -> JSONValue {
      guard let value = layers[layer]?[name] else {
        throw ConversionError.configuration(
          path: path, member: "\(layer).\(name)",
          problem: "is missing; Google's bert_config.json beside the weights would do instead")
      }
      return value
    }
    // Keras puts a class's module before the name of a function of its own.
    let activation = try member("activation", of: feedForward)
    let activationName = activation.string ?? activation["config"]?.string ?? ""
    let dropout = layers["Embedding-Dropout"]?["rate"] ?? 0.1
    let layerCount = layers.keys.count { $0.hasSuffix(Self.feedForwardEnding) }
    return [
      "model_type": "bert",
      "vocab_size": try member("input_dim", of: "Embedding-Token"),
      "hidden_size": try member("output_dim", of: "Embedding-Token"),
      "max_position_embeddings": try member("input_dim", of: "Embedding-Position"),
      "type_vocab_size": try member("input_dim", of: "Embedding-Segment"),
      "num_hidden_layers": .integer(layerCount),
      "num_attention_heads": try member(headCount, of: attention),
      "intermediate_size": try member("units", of: feedForward),
      "hidden_act": .string(activations[activationName] ?? activationName),
      "layer_norm_eps": layers["Embedding-Norm"]?["epsilon"] ?? .number(layerNormEpsilon),
      "hidden_dropout_prob": dropout, "attention_probs_dropout_prob": dropout,
    ]
  }
}
