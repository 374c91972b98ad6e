import JSON

@testable import ModelSchema

/// Configurations that tests start from.
enum ExampleConfiguration {
  /// What bert-base-uncased has.
  static let base = EncoderConfiguration(
    vocabularySize: 30522, hiddenSize: 768, layerCount: 12, headCount: 12, intermediateSize: 3072,
    activation: .gelu, maximumPositions: 512, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
    hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1, initializerRange: 0.02)

  /// bert-base-uncased's `config.json` as published, old members included.
  static let baseJSON: JSONObject = [
    "architectures": ["BertForMaskedLM"], "attention_probs_dropout_prob": 0.1,
    "gradient_checkpointing": false, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
    "hidden_size": 768, "initializer_range": 0.02, "intermediate_size": 3072,
    "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "model_type": "bert",
    "num_attention_heads": 12, "num_hidden_layers": 12, "pad_token_id": 0,
    "position_embedding_type": "absolute", "transformers_version": "4.6.0.dev0",
    "type_vocab_size": 2, "use_cache": true, "vocab_size": 30522,
  ]

  /// ``baseJSON`` with a member replaced, or removed by `nil`.
  static func json(_ name: String, _ value: JSONValue?) -> JSONValue {
    var object = baseJSON
    object[name] = value
    return .object(object)
  }
}
