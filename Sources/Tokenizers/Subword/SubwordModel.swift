/// What cuts words into pieces.
package enum SubwordModel: Sendable, Hashable {
  /// Byte-level byte-pair encoding, as RoBERTa has it.
  case bytePair(BytePairModel)
  /// SentencePiece's unigram language model, as ALBERT and XLM-R have it.
  case unigram(UnigramModel)

  /// Which kind it is.
  package var kind: SubwordRecord.Kind {
    switch self {
    case .bytePair: .bytePair
    case .unigram: .unigram
    }
  }
}

/// The merges of byte-pair encoding.
package struct BytePairModel: Sendable, Hashable {
  /// The pairs that merge, the first ones first.
  package let merges: [BytePairMerge]
  /// Stands for a byte without a piece; without it such bytes are left out.
  package let unknown: Int32?
  /// Whether unknown bytes side by side are one token.
  package let joinsUnknown: Bool
  /// Whether a word that is a piece stays whole, whatever its merges.
  package let keepsWholeWords: Bool

  /// A model with every value given.
  package init(
    merges: [BytePairMerge], unknown: Int32?, joinsUnknown: Bool, keepsWholeWords: Bool
  ) {
    self.merges = merges
    self.unknown = unknown
    self.joinsUnknown = joinsUnknown
    self.keepsWholeWords = keepsWholeWords
  }
}

/// The scores of a unigram language model.
package struct UnigramModel: Sendable, Hashable {
  /// The logarithm of each piece's probability; tokens behind them are added ones, no pieces.
  package let scores: [Double]
  /// The id that stands for what no piece covers.
  package let unknown: Int32

  /// A model.
  ///
  /// - Throws: ``TokenizerError`` when a score is no finite number, or when there is no unknown piece.
  package init(scores: [Double], unknown: Int, file: String) throws(TokenizerError) {
    for (id, score) in scores.enumerated() where !score.isFinite {
      throw .score(id: id, file: file)
    }
    guard scores.indices.contains(unknown), let unknown = Int32(exactly: unknown) else {
      throw .invalidMember(name: "unk_id", expected: "the id of a piece", file: file)
    }
    self.scores = scores
    self.unknown = unknown
  }
}
