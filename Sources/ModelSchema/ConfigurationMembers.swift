/// How transformers calls a hyper-parameter in the `config.json` of one family, and what it takes where
/// a published file leaves it out.
package struct ConfigurationMembers {
  /// The width of a hidden state.
  package private(set) var hiddenSize = "hidden_size"
  var layerCount = "num_hidden_layers"
  var headCount = "num_attention_heads"
  /// The inner width of the feed-forward network.
  package private(set) var intermediateSize = "intermediate_size"
  var activation = "hidden_act"
  var hiddenDropout = (name: "hidden_dropout_prob", standard: 0.1)
  var attentionDropout = (name: "attention_probs_dropout_prob", standard: 0.1)
  /// Without a standard it is null or absent, and means the dropout of hidden states.
  var classifierDropout: (name: String, standard: Double?) = ("classifier_dropout", nil)
  /// `nil` where the program fixes 1e-12.
  var layerNormEpsilon: String? = "layer_norm_eps"

  /// The names of a family.
  package init(_ family: EncoderFamily) {
    switch family {
    case .bert, .roBERTa, .xlmRoBERTa, .camemBERT, .electra: break
    case .distilBERT:
      hiddenSize = "dim"
      layerCount = "n_layers"
      headCount = "n_heads"
      intermediateSize = "hidden_dim"
      activation = "activation"
      hiddenDropout.name = "dropout"
      attentionDropout.name = "attention_dropout"
      classifierDropout = ("seq_classif_dropout", 0.2)
      layerNormEpsilon = nil
    case .albert:
      hiddenDropout.standard = 0
      attentionDropout.standard = 0
      classifierDropout = ("classifier_dropout_prob", 0.1)
    }
  }
}

/// Members that all families call the same and only some have.
package enum FamilyMember {
  /// The width of the embeddings, where it may differ from that of the hidden states.
  package static let embeddingSize = "embedding_size"
  /// Rows of the token types' table.
  package static let tokenTypeCount = "type_vocab_size"
  static let layerGroupCount = "num_hidden_groups"
  static let layersPerGroup = "inner_group_num"
  static let paddingToken = "pad_token_id"
  /// Rows of the positions' table.
  package static let positionCount = "max_position_embeddings"
}

extension EncoderFamily {
  /// The family that a member names.
  ///
  /// - Throws: ``ConfigurationError`` that says which families there are.
  init(_ fields: ConfigurationFields, member: String) throws(ConfigurationError) {
    let value = try fields.value(member)
    guard let family = value.string.flatMap(Self.init(rawValue:)) else {
      let known = Self.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw fields.unsupported(member, value, known)
    }
    self = family
  }
}
