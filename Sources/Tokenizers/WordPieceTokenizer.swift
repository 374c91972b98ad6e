/// BERT's tokenizer: normalisation, words, and each word as the longest pieces from its left.
///
/// Gives the ids of Hugging Face's `BertTokenizer`. A word that the pieces cannot make, or that is
/// longer than the limit, is one unknown token. Time is linear in the length of the text.
///
/// Source: Devlin et al. 2019; Wu et al. 2016, section 4.1.
public struct WordPieceTokenizer: Sendable {
  /// The pieces.
  public let vocabulary: WordPieceVocabulary
  /// How text is treated before.
  public let settings: WordPieceSettings
  /// The ids of the tokens with a role.
  public let specialTokens: SpecialTokens

  private let normalizer: BERTNormalizer
  private let ids: ByteTrie
  private let pieces: ByteTrie
  /// Where the pieces begin that continue a word; -1 when there are none.
  private let continuationNode: Int32
  private let literals: ByteTrie
  private let normalizedLiterals: ByteTrie

  /// A tokenizer.
  ///
  /// - Parameter file: where the vocabulary came from, for messages.
  /// - Throws: ``TokenizerError`` when the vocabulary lacks the unknown, classification or separator
  ///   token, or when a setting has no meaning.
  public init(
    vocabulary: WordPieceVocabulary, settings: WordPieceSettings, file: String = "vocabulary"
  ) throws(TokenizerError) {
    guard settings.maximumCharactersPerWord > 0 else {
      throw .invalidMember(
        name: "max_input_chars_per_word", expected: "a positive integer", file: file)
    }
    let names = settings.specialTokens
    let literalNames =
      [names.padding, names.unknown, names.classification, names.separator, names.mask]
      + settings.addedTokens.map(\.content)
    for name in literalNames where name.utf8.count > Self.longestLiteralByteCount {
      throw .unsupported(
        what: "an added token of \(name.utf8.count) bytes",
        expected: "at most \(Self.longestLiteralByteCount)", file: file)
    }
    let ids = ByteTrie(vocabulary.tokens)
    func id(_ name: String, _ role: String) throws(TokenizerError) -> Int32 {
      guard let id = ids.value(of: name.utf8) else {
        throw .missingSpecialToken(name, role: role, file: file)
      }
      return id
    }
    specialTokens = SpecialTokens(
      padding: ids.value(of: names.padding.utf8) ?? 0, unknown: try id(names.unknown, "unknown"),
      classification: try id(names.classification, "classification"),
      separator: try id(names.separator, "separator"), mask: ids.value(of: names.mask.utf8))

    normalizer = BERTNormalizer(settings)
    var literals = ByteTrie()
    var normalizedLiterals = ByteTrie()
    let normalized = Set(settings.addedTokens.filter(\.isNormalized).map { Array($0.content.utf8) })
    for name in literalNames {
      guard let id = ids.value(of: name.utf8) else { continue }
      if normalized.contains(Array(name.utf8)) {
        normalizedLiterals.insert(normalizer.normalize(name).utf8, value: id)
      } else {
        literals.insert(name.utf8, value: id)
      }
    }
    self.literals = literals
    self.normalizedLiterals = normalizedLiterals

    // Added tokens at the end of the vocabulary are no pieces: only the literal search finds them.
    let added = Set(settings.addedTokens.map { Array($0.content.utf8) })
    let pieceCount =
      (vocabulary.tokens.lastIndex { !added.contains(Array($0.utf8)) } ?? -1) + 1
    if pieceCount == vocabulary.count {
      pieces = ids
    } else {
      pieces = ByteTrie(vocabulary.tokens[..<pieceCount])
    }
    continuationNode = pieces.node(behind: settings.continuationPrefix.utf8)
    self.ids = ids
    self.vocabulary = vocabulary
    self.settings = settings
  }

  /// The id of a piece by its exact spelling.
  public func id(of token: String) -> Int32? { ids.value(of: token.utf8) }

  /// The ids of a text, without classification and separator tokens around them.
  ///
  /// A special or added token that the text spells out, such as `[SEP]`, becomes that token.
  public func encode(_ text: String) -> [Int32] {
    var text = text
    var ids: [Int32] = []
    text.withUTF8 { bytes in
      ids.reserveCapacity(bytes.count / 4 + 1)
      var normalized: [UInt8] = []
      Self.cut(bytes, at: literals, into: &ids) { part, ids in
        normalized.removeAll(keepingCapacity: true)
        normalizer.normalize(part, into: &normalized)
        normalized.withUnsafeBufferPointer { normalized in
          Self.cut(normalized, at: normalizedLiterals, into: &ids) { part, ids in
            WordSplitter.forEachWord(in: part) { range, characterCount in
              appendPieces(of: part, range, characterCount: characterCount, to: &ids)
            }
          }
        }
      }
    }
    return ids
  }

  /// The text of ids: pieces with a space between them, continuations joined on.
  ///
  /// Ids outside the vocabulary are left out. Case, accents and spacing that the tokenizer took away
  /// do not come back.
  public func decode(_ ids: some Sequence<Int32>) -> String {
    var text = ""
    let prefix = settings.continuationPrefix
    for id in ids where vocabulary.tokens.indices.contains(Int(id)) {
      let token = vocabulary.tokens[Int(id)]
      if text.isEmpty {
        text = token
      } else if !prefix.isEmpty, token.utf8.starts(with: prefix.utf8) {
        text += token.unicodeScalars.dropFirst(prefix.unicodeScalars.count).map(String.init)
          .joined()
      } else {
        text += " " + token
      }
    }
    return text
  }

  /// Calls `body` with the parts of a text between literal tokens, and appends the ids of these.
  ///
  /// Of several literals that begin at one place the longest is taken.
  private static func cut(
    _ bytes: UnsafeBufferPointer<UInt8>, at literals: ByteTrie, into ids: inout [Int32],
    _ body: (UnsafeBufferPointer<UInt8>, inout [Int32]) -> Void
  ) {
    var start = 0
    var position = 0
    while !literals.isEmpty, position < bytes.count {
      guard literals.canBegin(with: bytes[position]) else {
        position += 1
        continue
      }
      let match = literals.longestMatch(in: bytes, position..<bytes.count, from: ByteTrie.root)
      guard match.value >= 0 else {
        position += 1
        continue
      }
      body(UnsafeBufferPointer(rebasing: bytes[start..<position]), &ids)
      ids.append(match.value)
      position = match.end
      start = position
    }
    body(UnsafeBufferPointer(rebasing: bytes[start...]), &ids)
  }

  private func appendPieces(
    of bytes: UnsafeBufferPointer<UInt8>, _ word: Range<Int>, characterCount: Int,
    to ids: inout [Int32]
  ) {
    let firstPiece = ids.count
    var node = ByteTrie.root
    var position = word.lowerBound
    while position < word.upperBound {
      let match =
        characterCount > settings.maximumCharactersPerWord
        ? (value: -1, end: position)
        : pieces.longestMatch(in: bytes, position..<word.upperBound, from: node)
      guard match.value >= 0 else {
        ids.removeSubrange(firstPiece...)
        ids.append(specialTokens.unknown)
        return
      }
      ids.append(match.value)
      position = match.end
      node = continuationNode
    }
  }

  private static let longestLiteralByteCount = 1000
}
