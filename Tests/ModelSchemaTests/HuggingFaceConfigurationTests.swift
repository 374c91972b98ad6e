import JSON
import TensorStorage
import Testing

@testable import ModelSchema

@Suite struct HuggingFaceConfigurationTests {
  private func refusal(_ value: JSONValue) -> ConfigurationError.Clause? {
    do {
      _ = try EncoderConfiguration(huggingFace: value, file: "config.json")
      return nil
    } catch {
      #expect(error.place == "config.json" && error.kind == .badData && !error.problem.isEmpty)
      return error.clause
    }
  }

  private func configuration(_ value: JSONValue) throws -> EncoderConfiguration {
    try EncoderConfiguration(huggingFace: value, file: "config.json")
  }

  @Test func `reads a published configuration`() throws {
    #expect(try configuration(.object(ExampleConfiguration.baseJSON)) == ExampleConfiguration.base)
  }

  @Test func `reads Google's configuration, which names no family and no epsilon`() throws {
    let google: JSONValue = [
      "attention_probs_dropout_prob": 0.1, "directionality": "bidi", "hidden_act": "gelu",
      "hidden_dropout_prob": 0.1, "hidden_size": 768, "initializer_range": 0.02,
      "intermediate_size": 3072, "max_position_embeddings": 512, "num_attention_heads": 12,
      "num_hidden_layers": 12, "pooler_fc_size": 768, "pooler_num_attention_heads": 12,
      "pooler_num_fc_layers": 3, "pooler_size_per_head": 128,
      "pooler_type": "first_token_transform", "type_vocab_size": 2, "vocab_size": 30522,
    ]
    #expect(try configuration(google) == ExampleConfiguration.base)
  }

  @Test func `what is written is read back`() throws {
    var other = ExampleConfiguration.base
    other.activation = .geluTanh
    other.classifierDropout = 0.25
    other.layerNormEpsilon = 1e-5
    other.hiddenDropout = 0
    for configuration in [ExampleConfiguration.base, other] {
      #expect(try self.configuration(.object(configuration.huggingFaceJSON)) == configuration)
    }
  }

  @Test(arguments: [
    "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
    "max_position_embeddings", "type_vocab_size", "hidden_act",
  ])
  func `names a member that is missing`(name: String) {
    #expect(refusal(ExampleConfiguration.json(name, nil)) == .missing(member: name))
  }

  @Test(arguments: [
    "hidden_dropout_prob", "attention_probs_dropout_prob", "initializer_range", "layer_norm_eps",
  ])
  func `takes transformers' default where published files leave a member out`(name: String) throws {
    #expect(try configuration(ExampleConfiguration.json(name, nil)) == ExampleConfiguration.base)
  }

  @Test func `the classifier's dropout is the hidden states' where it is null or absent`() throws {
    let dropout: JSONObject = ["hidden_dropout_prob": 0.3]
    for value: JSONValue? in [nil, .some(.null)] {
      var object = ExampleConfiguration.baseJSON
      object["hidden_dropout_prob"] = dropout["hidden_dropout_prob"]
      object["classifier_dropout"] = value
      #expect(try configuration(.object(object)).classifierDropout == 0.3)
    }
    #expect(
      try configuration(ExampleConfiguration.json("classifier_dropout", 0)).classifierDropout == 0)
  }

  @Test(arguments: [
    ("gelu", EncoderConfiguration.Activation.gelu), ("gelu_new", .geluTanh),
    ("gelu_pytorch_tanh", .geluTanh), ("relu", .relu),
  ])
  func `knows the activations`(name: String, activation: EncoderConfiguration.Activation) throws {
    let value = ExampleConfiguration.json("hidden_act", .string(name))
    #expect(try configuration(value).activation == activation)
  }

  private static let unsupported: [(String, JSONValue)] = [
    ("model_type", "mobilebert"), ("model_type", 3), ("hidden_act", "silu"),
    ("position_embedding_type", "relative_key_query"), ("is_decoder", true),
    ("add_cross_attention", true), ("pruned_heads", ["0": [1, 2]]),
  ]

  @Test(arguments: unsupported)
  func `names what is not supported and what is`(name: String, value: JSONValue) throws {
    guard
      case .unsupported(name, let found, let supported) =
        refusal(ExampleConfiguration.json(name, value))
    else {
      Issue.record("\(name) was accepted")
      return
    }
    #expect(!found.isEmpty && !supported.isEmpty)
  }

  private static let outOfBounds: [(String, JSONValue)] = [
    ("vocab_size", 0), ("hidden_size", -768), ("hidden_size", 768.5),
    ("hidden_size", "768"), ("num_hidden_layers", 1025), ("num_attention_heads", .null),
    ("intermediate_size", .integer(.max)), ("max_position_embeddings", .unsigned(.max)),
    ("type_vocab_size", true), ("layer_norm_eps", 0), ("layer_norm_eps", -1e-12),
    ("hidden_dropout_prob", 1), ("attention_probs_dropout_prob", -0.1),
    ("initializer_range", "0.02"), ("classifier_dropout", 2), ("is_decoder", 0),
  ]

  @Test(arguments: outOfBounds)
  func `refuses values out of bounds`(name: String, value: JSONValue) {
    guard case .invalid(name, _, _) = refusal(ExampleConfiguration.json(name, value)) else {
      Issue.record("\(name) = \(value) was accepted")
      return
    }
  }

  @Test func `refuses a hidden size that the heads do not divide`() {
    #expect(
      refusal(ExampleConfiguration.json("num_attention_heads", 7))
        == .heads(hiddenSize: 768, headCount: 7))
  }

  @Test(arguments: [.array([]), .null, 1, "bert"] as [JSONValue])
  func `refuses what is no object`(value: JSONValue) {
    #expect(refusal(value) == .notAnObject(found: value.kindName))
  }
}
