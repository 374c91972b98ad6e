/// A family of encoders: BERT, and the relatives that compute the same but for a few facts.
///
/// The network asks ``EncoderConfiguration`` for those facts and never for the family; the family tells
/// conversions how parameters and configuration are called elsewhere. The raw value is the
/// `model_type` of transformers.
public enum EncoderFamily: String, Sendable, Hashable, CaseIterable {
  case bert
  /// Sanh et al., "DistilBERT, a distilled version of BERT", arXiv 1910.01108.
  case distilBERT = "distilbert"
  /// Liu et al., "RoBERTa: A Robustly Optimized BERT Pretraining Approach", arXiv 1907.11692.
  case roBERTa = "roberta"
  /// RoBERTa over a hundred languages; arXiv 1911.02116.
  case xlmRoBERTa = "xlm-roberta"
  /// RoBERTa for French; arXiv 1911.03894.
  case camemBERT = "camembert"
  /// The discriminator of Clark et al., "ELECTRA: Pre-training Text Encoders as Discriminators
  /// Rather Than Generators", ICLR 2020.
  case electra
  /// Lan et al., "ALBERT: A Lite BERT for Self-supervised Learning of Language Representations",
  /// ICLR 2020.
  case albert

  /// Whether a linear map takes embeddings to the width of the hidden states.
  package enum EmbeddingProjection: Sendable {
    case never
    /// Where the widths differ.
    case betweenWidths
    /// Also between equal widths.
    case always
  }

  /// Whether there is a map behind the embeddings.
  package var embeddingProjection: EmbeddingProjection {
    switch self {
    case .bert, .distilBERT, .roBERTa, .xlmRoBERTa, .camemBERT: .never
    case .electra: .betweenWidths
    case .albert: .always
    }
  }

  /// Whether a sequence's first token takes a later row of the position table than the first: the one
  /// behind that of the padding's id.
  package var offsetsPositions: Bool {
    switch self {
    case .roBERTa, .xlmRoBERTa, .camemBERT: true
    case .bert, .distilBERT, .electra, .albert: false
    }
  }

  /// Whether there is a table of token types.
  package var hasTokenTypes: Bool { self != .distilBERT }

  /// Whether layers may share their parameters.
  package var sharesLayers: Bool { self == .albert }

  /// What the pooler, or the layer of the classification head that stands for it, applies.
  package var poolerActivation: EncoderConfiguration.PoolerActivation {
    switch self {
    case .bert, .roBERTa, .xlmRoBERTa, .camemBERT, .albert: .tanh
    case .distilBERT: .relu
    case .electra: .gelu
    }
  }
}
