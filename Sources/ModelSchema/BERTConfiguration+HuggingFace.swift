import JSON

extension BERTConfiguration {
  /// Reads Hugging Face's `config.json`, or Google's `bert_config.json`, which has the same members.
  ///
  /// Sizes and the activation must be there. Where transformers' `BertConfig` has a default for what
  /// published files leave out, it applies here too; each place says so.
  ///
  /// - Parameters:
  ///   - value: the whole file.
  ///   - file: its name, for errors.
  /// - Throws: ``ConfigurationError`` when a member is missing, out of bounds or contradicts another,
  ///   or when the model is no BERT encoder.
  public init(huggingFace value: JSONValue, file: String) throws(ConfigurationError) {
    let fields = try ConfigurationFields(value, file: file)
    try Self.checkArchitecture(fields)
    let hiddenDropout = try fields.probability("hidden_dropout_prob", default: 0.1)  // BertConfig
    self.init(
      vocabularySize: try fields.integer("vocab_size", in: Bounds.vocabularySize),
      hiddenSize: try fields.integer("hidden_size", in: Bounds.hiddenSize),
      layerCount: try fields.integer("num_hidden_layers", in: Bounds.layerCount),
      headCount: try fields.integer("num_attention_heads", in: Bounds.headCount),
      intermediateSize: try fields.integer("intermediate_size", in: Bounds.intermediateSize),
      activation: try Self.activation(fields),
      maximumPositions: try fields.integer("max_position_embeddings", in: Bounds.maximumPositions),
      tokenTypeCount: try fields.integer("type_vocab_size", in: Bounds.tokenTypeCount),
      // BertConfig's default: Google's file has no such member, its program fixes 1e-12.
      layerNormEpsilon: try fields.number(
        "layer_norm_eps", default: 1e-12, "a number above 0 and below 1"
      ) { $0 > 0 && $0 < 1 },
      hiddenDropout: hiddenDropout,
      attentionDropout: try fields.probability("attention_probs_dropout_prob", default: 0.1),
      // BertConfig's default is null, which means the dropout of hidden states.
      classifierDropout: fields.object["classifier_dropout"].map(\.isNull) ?? true
        ? hiddenDropout : try fields.probability("classifier_dropout"),
      initializerRange: try fields.number(
        "initializer_range", default: 0.02, "a number from 0 to below 1"  // BertConfig
      ) { $0 >= 0 && $0 < 1 })
    try checkConsistency(file: file)
  }

  /// Refuses other families of models, and variants of BERT that compute something else.
  private static func checkArchitecture(_ fields: ConfigurationFields) throws(ConfigurationError) {
    if let type = fields.object["model_type"] {
      guard type.string == "bert" else { throw fields.unsupported("model_type", type, "\"bert\"") }
    }
    if let embedding = fields.object["position_embedding_type"], !embedding.isNull {
      guard embedding.string == "absolute" else {
        throw fields.unsupported("position_embedding_type", embedding, "\"absolute\"")
      }
    }
    for name in ["is_decoder", "add_cross_attention"] {
      if let flag = fields.object[name] {
        guard let isOn = flag.bool else { throw fields.invalid(name, flag, "true or false") }
        if isOn { throw fields.unsupported(name, flag, "false") }
      }
    }
    if let pruned = fields.object["pruned_heads"], !pruned.isNull {
      guard let heads = pruned.object, heads.isEmpty else {
        throw fields.unsupported("pruned_heads", pruned, "none")
      }
    }
  }

  private static func activation(
    _ fields: ConfigurationFields
  ) throws(ConfigurationError) -> Activation {
    let value = try fields.value("hidden_act")
    switch value.string {
    case "gelu": return .gelu
    case "gelu_new", "gelu_pytorch_tanh": return .geluTanh
    case "relu": return .relu
    default:
      throw fields.unsupported(
        "hidden_act", value, "\"gelu\", \"gelu_new\", \"gelu_pytorch_tanh\" or \"relu\"")
    }
  }

  /// The members of a `config.json` that transformers reads as this configuration.
  ///
  /// The exporter adds `architectures`, labels and memory; pad_token_id is BERT's 0 by default.
  public var huggingFaceJSON: JSONObject {
    [
      "model_type": "bert",
      "vocab_size": .integer(vocabularySize),
      "hidden_size": .integer(hiddenSize),
      "num_hidden_layers": .integer(layerCount),
      "num_attention_heads": .integer(headCount),
      "intermediate_size": .integer(intermediateSize),
      "hidden_act": .string(huggingFaceActivation),
      "hidden_dropout_prob": .number(hiddenDropout),
      "attention_probs_dropout_prob": .number(attentionDropout),
      "max_position_embeddings": .integer(maximumPositions),
      "type_vocab_size": .integer(tokenTypeCount),
      "initializer_range": .number(initializerRange),
      "layer_norm_eps": .number(layerNormEpsilon),
      "classifier_dropout": classifierDropout == hiddenDropout ? .null : .number(classifierDropout),
    ]
  }

  private var huggingFaceActivation: String {
    switch activation {
    case .gelu: "gelu"
    case .geluTanh: "gelu_new"
    case .relu: "relu"
    }
  }
}
