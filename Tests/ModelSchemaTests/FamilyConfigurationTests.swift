import JSON
import TensorStorage
import Testing

@testable import ModelSchema

/// The configurations of BERT's relatives, read from what transformers publishes and from our header.
@Suite struct FamilyConfigurationTests {
  private static let common: JSONObject = [
    "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
    "hidden_size": 768, "initializer_range": 0.02, "intermediate_size": 3072,
    "num_attention_heads": 12, "num_hidden_layers": 12,
  ]

  private static func json(_ type: String, _ members: JSONObject) -> JSONObject {
    var object = common
    object["model_type"] = .string(type)
    for (name, value) in members.members { object[name] = value }
    return object
  }

  /// What published files say that decides about the network.
  private static let published: [JSONObject] = [
    [
      "model_type": "distilbert", "activation": "gelu", "attention_dropout": 0.1, "dim": 768,
      "dropout": 0.1, "hidden_dim": 3072, "initializer_range": 0.02,
      "max_position_embeddings": 512, "n_heads": 12, "n_layers": 6, "seq_classif_dropout": 0.2,
      "sinusoidal_pos_embds": false, "vocab_size": 30522,
    ],
    json(
      "roberta",
      [
        "layer_norm_eps": 1e-5, "max_position_embeddings": 514, "pad_token_id": 1,
        "type_vocab_size": 1, "vocab_size": 50265,
      ]),
    json(
      "xlm-roberta",
      [
        "layer_norm_eps": 1e-5, "max_position_embeddings": 514, "pad_token_id": 1,
        "type_vocab_size": 1, "vocab_size": 250_002,
      ]),
    json(
      "camembert",
      [
        "layer_norm_eps": 1e-5, "max_position_embeddings": 514, "pad_token_id": 1,
        "type_vocab_size": 1, "vocab_size": 32005,
      ]),
    json(
      "electra",
      [
        "embedding_size": 128, "hidden_size": 256, "intermediate_size": 1024,
        "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "num_attention_heads": 4,
        "type_vocab_size": 2, "vocab_size": 30522,
      ]),
    json(
      "albert",
      [
        "attention_probs_dropout_prob": 0, "classifier_dropout_prob": 0.1, "embedding_size": 128,
        "hidden_act": "gelu_new", "hidden_dropout_prob": 0, "inner_group_num": 1,
        "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "num_hidden_groups": 1,
        "type_vocab_size": 2, "vocab_size": 30000,
      ]),
  ]

  private func configuration(_ object: JSONObject) throws -> EncoderConfiguration {
    try EncoderConfiguration(huggingFace: .object(object), file: "config.json")
  }

  private func published(_ family: EncoderFamily) throws -> JSONObject {
    try #require(Self.published.first { $0["model_type"]?.string == family.rawValue })
  }

  @Test func `DistilBERT has names of its own and no token types`() throws {
    let found = try configuration(published(.distilBERT))
    #expect(found.family == .distilBERT && found.tokenTypeCount == 0)
    #expect(found.hiddenSize == 768 && found.layerCount == 6 && found.headCount == 12)
    #expect(found.intermediateSize == 3072 && found.classifierDropout == 0.2)
    #expect(found.embeddingSize == nil && found.positionOffset == 0 && found.layerGroupCount == 6)
  }

  @Test(arguments: [EncoderFamily.roBERTa, .xlmRoBERTa, .camemBERT])
  func `RoBERTa's positions begin behind that of the padding`(family: EncoderFamily) throws {
    var object = try published(family)
    let found = try configuration(object)
    #expect(found.family == family && found.maximumPositions == 512 && found.positionOffset == 2)
    #expect(found.positionRowCount == 514 && found.tokenTypeCount == 1)
    object["pad_token_id"] = nil
    #expect(try configuration(object) == found)
    object["pad_token_id"] = 5
    #expect(try configuration(object).maximumPositions == 508)
    for value: JSONValue in [513, -1, .null, .integer(.max)] {
      object["pad_token_id"] = value
      #expect(throws: ConfigurationError.self) { try configuration(object) }
    }
  }

  @Test func `ELECTRA projects its embeddings where they are narrower`() throws {
    var object = try published(.electra)
    #expect(try configuration(object).embeddingSize == 128)
    object["embedding_size"] = 256
    #expect(try configuration(object).embeddingSize == nil)
    object["embedding_size"] = nil
    #expect(throws: ConfigurationError.self) { try configuration(object) }
  }

  @Test func `ALBERT's layers share parameters and its embeddings are projected always`() throws {
    var object = try published(.albert)
    let found = try configuration(object)
    #expect(found.layerCount == 12 && found.layerGroupCount == 1 && found.embeddingSize == 128)
    #expect(found.activation == .geluTanh && found.hiddenDropout == 0)
    #expect(found.classifierDropout == 0.1)
    object["embedding_size"] = 768
    #expect(try configuration(object).embeddingSize == 768)
    for name in ["hidden_dropout_prob", "attention_probs_dropout_prob", "num_hidden_groups"] {
      object[name] = nil
    }
    object["embedding_size"] = 128
    #expect(try configuration(object) == found)
    object["num_hidden_groups"] = 13
    #expect(throws: ConfigurationError.self) { try configuration(object) }
  }

  @Test func `two layers within a group are not supported, and said`() throws {
    var object = try published(.albert)
    object["inner_group_num"] = 2
    let error = #expect(throws: ConfigurationError.self) { try configuration(object) }
    #expect(
      error?.clause == .unsupported(member: "inner_group_num", found: "2", supported: "1"))
  }

  @Test func `layers share parameters as in the reference, also unevenly`() throws {
    var found = try configuration(published(.albert))
    func groups(_ layers: Int, _ groupCount: Int) -> [Int] {
      (found.layerCount, found.layerGroupCount) = (layers, groupCount)
      return (0..<layers).map(found.layerGroup)
    }
    #expect(groups(4, 1) == [0, 0, 0, 0] && groups(4, 4) == [0, 1, 2, 3])
    #expect(groups(5, 2) == [0, 0, 0, 1, 1] && groups(7, 3) == [0, 0, 0, 1, 1, 2, 2])
  }

  @Test func `what is written is read back`() throws {
    for object in Self.published {
      let found = try configuration(object)
      #expect(try configuration(found.huggingFaceJSON) == found)
      for (name, value) in object.members where name != "sinusoidal_pos_embds" {
        #expect(found.huggingFaceJSON[name]?.double == value.double, "\(name)")
      }
    }
  }

  @Test(arguments: [
    "mobilebert", "deberta", "deberta-v2", "modernbert", "gpt2", "roberta-prelayernorm", "BERT",
  ])
  func `another model is named, with the families that there are`(type: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try configuration(Self.json(type, [:]))
    }
    let text = error?.description ?? ""
    #expect(text.contains("\"\(type)\""))
    for family in EncoderFamily.allCases { #expect(text.contains("\"\(family.rawValue)\"")) }
  }

  @Test func `a header brings back every family, and BERT's says nothing of the others`() throws {
    for object in Self.published {
      let model = ModelDescription(
        encoder: try configuration(object),
        memory: MemoryConfiguration(tokenCount: 4, segmentPositions: 512, alignment: .right),
        labels: ["a"])
      let json = try JSONValue(
        parsing: Array(model.json.serialized(pretty: false).utf8), file: "m.rmtw")
      #expect(try ModelDescription(json: json, file: "m.rmtw") == model)
    }
    let bert = ModelDescription(encoder: ExampleConfiguration.base, memory: nil, labels: [])
    #expect(bert.json["architecture"] == "bert")
    #expect(bert.json["encoder"]?.object?.members.count == 13)
  }

  private static let contradictions: [(EncoderFamily, String, JSONValue?)] = [
    (.bert, "embeddingSize", 128), (.bert, "positionOffset", 2), (.bert, "tokenTypeCount", 0),
    (.bert, "layerGroupCount", 3), (.distilBERT, "tokenTypeCount", 2),
    (.albert, "embeddingSize", nil), (.albert, "layerGroupCount", 0),
    (.albert, "layerGroupCount", 13), (.electra, "embeddingSize", 256),
    (.roBERTa, "positionOffset", -1), (.roBERTa, "maximumPositions", 0),
  ]

  @Test(arguments: contradictions)
  func `a header that contradicts its family is refused`(
    family: EncoderFamily, member: String, value: JSONValue?
  ) throws {
    let encoder =
      family == .bert ? ExampleConfiguration.base : try configuration(published(family))
    var object = try #require(encoder.json.object)
    object[member] = value
    let model: JSONValue = [
      "architecture": .string(family.rawValue), "encoder": .object(object), "memory": nil,
      "labels": [],
    ]
    #expect(throws: ConfigurationError.self) { try ModelDescription(json: model, file: "m.rmtw") }
  }

  @Test func `the catalogue lists what relatives have otherwise`() throws {
    func names(_ family: EncoderFamily) throws -> [String: Shape] {
      let model = ModelDescription(
        encoder: try configuration(published(family)), memory: nil, labels: [],
        predictsMaskedTokens: true)
      return Dictionary(
        uniqueKeysWithValues: ParameterCatalog(model).parameters.map { ($0.name, $0.shape) })
    }
    let albert = try names(.albert)
    #expect(albert["embeddings.word_embeddings.weight"] == [30000, 128])
    #expect(albert["embeddings.LayerNorm.weight"] == [128])
    #expect(albert["embeddings.projection.weight"] == [768, 128])
    #expect(albert["cls.predictions.transform.dense.weight"] == [128, 768])
    #expect(albert.keys.filter { $0.hasPrefix("encoder.layer.") }.count == 16)
    #expect(try names(.distilBERT)["embeddings.token_type_embeddings.weight"] == nil)
    #expect(try names(.roBERTa)["embeddings.position_embeddings.weight"] == [514, 768])
    #expect(try names(.roBERTa)["embeddings.projection.weight"] == nil)
    #expect(try names(.electra)["embeddings.projection.bias"] == [256])
  }
}
