import GGUF
import JSON
import ModelSchema
import Tokenizers

/// The keys of a GGUF file that say what a BERT is, and one of our own that says all of it.
///
/// Source: gguf-py 0.19, `constants.py`.
enum GGUFKey {
  static let architecture = "general.architecture"
  static let layerCount = "bert.block_count"
  static let maximumPositions = "bert.context_length"
  static let hiddenSize = "bert.embedding_length"
  static let intermediateSize = "bert.feed_forward_length"
  static let headCount = "bert.attention.head_count"
  static let layerNormEpsilon = "bert.attention.layer_norm_epsilon"
  static let isCausal = "bert.attention.causal"
  static let labels = "bert.classifier.output_labels"
  static let tokenTypeCount = "tokenizer.ggml.token_type_count"
  static let splitCount = "split.count"
  static let fileType = "general.file_type"
  static let quantizationVersion = "general.quantization_version"

  /// Our own: the whole of Hugging Face's config.json, as text.
  static let configuration = "rmt.config"
}

extension GGUFFile: ConfiguredTensorSource {
  /// The configuration that an export of ours holds; else the one that the metadata gives, in which the
  /// tables' sizes are those of the tables.
  ///
  /// - Throws: `GGUFError` at a file that is one of several, or without a key; `ConfigurationError`;
  ///   `JSONError`.
  func huggingFaceConfiguration() throws -> (json: JSONValue, notes: [String]) {
    let architecture = self[GGUFKey.architecture]?.string ?? "missing"
    guard architecture == "bert" else {
      throw ConfigurationError(
        file: path,
        .unsupported(
          member: GGUFKey.architecture, found: architecture, supported: "bert"))
    }
    if let count = self[GGUFKey.splitCount]?.integer, count > 1 {
      throw GGUFError(.split(count), file: path)
    }
    if let own = self[GGUFKey.configuration]?.string {
      let place = "\(path): \(GGUFKey.configuration)"
      return (try JSONValue(parsing: Array(own.utf8), file: place), [])
    }
    func integer(_ key: String) throws -> JSONValue {
      guard let value = self[key]?.integer else {
        throw GGUFError(.missingKey(key), file: path)
      }
      return .integer(value)
    }
    func rowCount(of tensor: String, orElse key: String) throws -> JSONValue {
      try self.tensor(named: tensor).map { .integer($0.shape.rowCount) } ?? integer(key)
    }
    var json: JSONObject = [
      "model_type": "bert",
      "hidden_size": try integer(GGUFKey.hiddenSize),
      "num_hidden_layers": try integer(GGUFKey.layerCount),
      "num_attention_heads": try integer(GGUFKey.headCount),
      "intermediate_size": try integer(GGUFKey.intermediateSize),
      "vocab_size": try rowCount(of: "token_embd.weight", orElse: "bert.vocab_size"),
      "max_position_embeddings": try rowCount(
        of: "position_embd.weight", orElse: GGUFKey.maximumPositions),
      "hidden_act": "gelu",
    ]
    if let epsilon = self[GGUFKey.layerNormEpsilon]?.double {
      // It is stored as a float: the shortest decimal for it is the number that was meant.
      json["layer_norm_eps"] = .number(Double("\(Float(epsilon))") ?? epsilon)
    }
    if let table = self.tensor(named: "token_types.weight") {
      json["type_vocab_size"] = .integer(table.shape.rowCount)
    } else {
      json = try distilBERT(json)
    }
    if self[GGUFKey.isCausal]?.bool == true { json["is_decoder"] = true }
    if let labels = self[GGUFKey.labels]?.array?.compactMap(\.string) {
      var names = JSONObject()
      for (index, label) in labels.enumerated() { names["\(index)"] = .string(label) }
      json["id2label"] = .object(names)
    }
    return (
      .object(json),
      ["the file does not say which GELU: the one by erf was taken, as Hugging Face's BERTs have"]
    )
  }

  /// A configuration with DistilBERT's names, which llama.cpp calls a BERT too: it has no token types.
  ///
  /// - Throws: `GGUFError` when its norms have another ε than DistilBERT's: no model is known that has
  ///   neither.
  private func distilBERT(_ json: JSONObject) throws -> JSONObject {
    if let epsilon = json["layer_norm_eps"]?.double, epsilon != 1e-12 {
      throw GGUFError(.noSuchTensor, tensor: "token_types.weight", file: path)
    }
    let names = [
      "hidden_size": "dim", "num_hidden_layers": "n_layers", "num_attention_heads": "n_heads",
      "intermediate_size": "hidden_dim", "hidden_act": "activation",
    ]
    var renamed = JSONObject()
    for (name, value) in json.members { renamed[names[name] ?? name] = value }
    renamed["model_type"] = "distilbert"
    renamed["layer_norm_eps"] = nil
    return renamed
  }
}
