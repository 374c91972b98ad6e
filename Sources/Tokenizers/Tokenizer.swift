/// A model's tokenizer, of whichever kind: BERT's WordPiece, byte-level BPE, SentencePiece unigram.
///
/// Gives the ids of the library that the tokenizer was made with.
public struct Tokenizer: Sendable {
  /// The kinds of tokenizers.
  package enum Kind: Sendable {
    /// BERT's own.
    case wordPiece(WordPieceTokenizer)
    /// Byte-level BPE or SentencePiece unigram.
    case subword(SubwordTokenizer)
  }

  /// Which kind it is.
  package let kind: Kind
  /// The pieces in the order of their ids, empty strings for ids that no piece has.
  public let tokens: [String]
  /// The ids of the tokens with a role.
  public let specialTokens: SpecialTokens
  /// How these are spelt.
  public let specialTokenNames: SpecialTokenNames

  /// BERT's tokenizer.
  public init(_ wordPiece: WordPieceTokenizer) {
    kind = .wordPiece(wordPiece)
    tokens = wordPiece.vocabulary.tokens
    specialTokens = wordPiece.specialTokens
    specialTokenNames = wordPiece.settings.specialTokens
  }

  /// BERT's tokenizer of a vocabulary.
  ///
  /// - Throws: ``TokenizerError``, as ``WordPieceTokenizer/init(vocabulary:settings:file:)`` does.
  public init(
    vocabulary: WordPieceVocabulary, settings: WordPieceSettings, file: String = "vocabulary"
  ) throws(TokenizerError) {
    self.init(
      try WordPieceTokenizer(vocabulary: vocabulary, settings: settings, file: file))
  }

  /// A tokenizer of BERT's relatives.
  package init(_ subword: SubwordTokenizer) {
    kind = .subword(subword)
    tokens = subword.vocabulary.tokens
    specialTokens = subword.specialTokens
    specialTokenNames = subword.settings.specialTokens
  }

  /// BERT's own tokenizer, where this is one.
  public var wordPiece: WordPieceTokenizer? {
    if case .wordPiece(let tokenizer) = kind { tokenizer } else { nil }
  }

  /// What people call the kind.
  public var kindName: String {
    switch kind {
    case .wordPiece: "WordPiece"
    case .subword(let tokenizer): tokenizer.model.kind.name
    }
  }

  /// The id of a piece by its exact spelling.
  public func id(of token: String) -> Int32? {
    switch kind {
    case .wordPiece(let tokenizer): tokenizer.id(of: token)
    case .subword(let tokenizer): tokenizer.vocabulary.id(of: token)
    }
  }

  /// The ids of a text, without classification and separator tokens around them.
  ///
  /// A special or added token that the text spells out, such as `[SEP]`, becomes that token.
  public func encode(_ text: String) -> [Int32] {
    switch kind {
    case .wordPiece(let tokenizer): tokenizer.encode(text)
    case .subword(let tokenizer): tokenizer.encode(text)
    }
  }

  /// The text of ids; those outside the vocabulary are left out.
  ///
  /// What normalisation took away does not come back.
  public func decode(_ ids: some Sequence<Int32>) -> String {
    switch kind {
    case .wordPiece(let tokenizer): tokenizer.decode(ids)
    case .subword(let tokenizer): tokenizer.decode(ids)
    }
  }
}
