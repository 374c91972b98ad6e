import JSON

/// How a BERT's tokenizer treats text before it looks into the vocabulary.
public struct WordPieceSettings: Sendable, Hashable {
  /// Whether letters become lower case.
  public var lowercases: Bool
  /// Whether accents are stripped; `nil` means where letters become lower case.
  public var stripsAccents: Bool?
  /// Whether each ideograph is a word of its own.
  public var splitsChineseCharacters: Bool
  /// Whether control characters are removed and all whitespace becomes a space.
  public var cleansText: Bool
  /// A word of more characters is unknown.
  public var maximumCharactersPerWord: Int
  /// What a piece begins with that continues a word.
  public var continuationPrefix: String
  /// The five tokens with a role, as they are spelt.
  public var specialTokens: SpecialTokenNames
  /// Further tokens that are found in the text as they are spelt.
  public var addedTokens: [AddedToken]

  /// Settings; only the letters' case differs among the published BERTs.
  public init(
    lowercases: Bool, stripsAccents: Bool? = nil, splitsChineseCharacters: Bool = true,
    cleansText: Bool = true, maximumCharactersPerWord: Int = 100,
    continuationPrefix: String = "##", specialTokens: SpecialTokenNames = SpecialTokenNames(),
    addedTokens: [AddedToken] = []
  ) {
    self.lowercases = lowercases
    self.stripsAccents = stripsAccents
    self.splitsChineseCharacters = splitsChineseCharacters
    self.cleansText = cleansText
    self.maximumCharactersPerWord = maximumCharactersPerWord
    self.continuationPrefix = continuationPrefix
    self.specialTokens = specialTokens
    self.addedTokens = addedTokens
  }
}

/// How the five tokens with a role are spelt.
public struct SpecialTokenNames: Sendable, Hashable {
  /// Fills up short sequences.
  public var padding = "[PAD]"
  /// Stands for a word that no pieces make.
  public var unknown = "[UNK]"
  /// Begins a sequence; the classification reads its row.
  public var classification = "[CLS]"
  /// Ends a sequence.
  public var separator = "[SEP]"
  /// Stands for a hidden word in pretraining.
  public var mask = "[MASK]"

  /// The names that all published BERTs use.
  public init() {}
}

/// A token that is found in the text as it is spelt.
public struct AddedToken: Sendable, Hashable {
  /// How it is spelt.
  public var content: String
  /// Whether it is looked for after normalisation, and itself normalised.
  public var isNormalized: Bool

  /// A token.
  public init(content: String, isNormalized: Bool) {
    self.content = content
    self.isNormalized = isNormalized
  }
}
