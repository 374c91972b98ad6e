/// Learns a WordPiece vocabulary from text.
///
/// Words are counted after the tokenizer's own normalisation and cutting. Each is at first a row of
/// characters, those behind the first with the continuation prefix; then the pair of neighbouring
/// pieces that is most frequent over all words becomes a piece of its own, again and again, until the
/// vocabulary is full or no pair is frequent enough. Memory goes with the distinct words, not with
/// the text.
///
/// This is the method of `WordPieceTrainer` in Hugging Face's tokenizers, which trains byte pair
/// encoding with a prefix, and gives its pieces, but for what that library leaves to chance or to an
/// accident: of pairs that are equally frequent the one whose left and then right piece has the lower
/// id goes first, and continuations get their ids in the order of their characters, where the
/// library takes them in the order of a hash table; a word with a character outside the alphabet is
/// left out, where the library joins what stands on both sides of it; a pair that comes up again
/// after it was merged counts from zero.
///
/// Source: Schuster and Nakajima 2012; Sennrich et al. 2016, "Neural Machine Translation of Rare
/// Words with Subword Units", algorithm 1.
public struct WordPieceTrainer: Sendable {
  /// The most characters of an alphabet unless fewer are asked for, as in `BertWordPieceTokenizer`.
  public static let largestAlphabet = 1000

  private let settings: WordPieceSettings
  private let normalizer: BERTNormalizer
  private var wordCounts: [[UInt8]: Int] = [:]

  /// A trainer that treats text by these settings.
  public init(settings: WordPieceSettings) {
    self.settings = settings
    normalizer = BERTNormalizer(settings)
  }

  /// Distinct words so far.
  public var wordCount: Int { wordCounts.count }

  /// Counts the words of a text.
  ///
  /// Words that are longer than the tokenizer's limit are always unknown and left out.
  public mutating func add(_ text: String) {
    var text = text
    var normalized: [UInt8] = []
    text.withUTF8 { normalizer.normalize($0, into: &normalized) }
    normalized.withUnsafeBufferPointer { bytes in
      WordSplitter.forEachWord(in: bytes) { range, characterCount in
        guard characterCount <= settings.maximumCharactersPerWord else { return }
        wordCounts[Array(bytes[range]), default: 0] += 1
      }
    }
  }

  /// The vocabulary of at most that many pieces: padding, unknown, classification, separator and mask
  /// token, the characters, the continuing characters, then the merged pieces in the order in which
  /// they were learned.
  ///
  /// The same texts give the same vocabulary in whatever order they were added.
  ///
  /// - Parameters:
  ///   - maximumCount: pieces at most; there are fewer when the pairs run out. The alphabet takes at
  ///     most half of what the special tokens leave, so that its continuations have room.
  ///   - minimumFrequency: how often a pair has to occur to become a piece.
  ///   - alphabetLimit: characters at most, the most frequent.
  /// - Throws: ``TokenizerError`` when the count leaves no room for a character and its continuation,
  ///   or no word was counted.
  public func vocabulary(
    maximumCount: Int, minimumFrequency: Int, alphabetLimit: Int = largestAlphabet
  ) throws(TokenizerError) -> WordPieceVocabulary {
    let names = settings.specialTokens
    let special = [
      names.padding, names.unknown, names.classification, names.separator, names.mask,
    ]
    guard maximumCount >= special.count + 2 else {
      throw .unsupported(
        what: "a vocabulary of \(maximumCount)", expected: "at least \(special.count + 2)",
        file: Self.place)
    }
    guard !wordCounts.isEmpty else { throw .noWords(file: Self.place) }
    let alphabet = alphabet(limit: min(alphabetLimit, (maximumCount - special.count) / 2))
    // In an order of their own: a dictionary's differs from run to run.
    let words = wordCounts.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    var pieces = PieceTable(continuationPrefix: settings.continuationPrefix)
    for token in special { pieces.addSpecial(token) }
    for scalar in alphabet.sorted() { pieces.add(.init(scalar), continues: false) }
    let split = SplitWords(words, alphabet: alphabet, pieces: &pieces)
    var merging = PairMerging(split)
    while pieces.count < maximumCount, let pair = merging.mostFrequentPair(minimumFrequency) {
      merging.merge(pair, into: pieces.join(pair.left, pair.right))
    }
    return try WordPieceVocabulary(tokens: pieces.tokens, file: Self.place)
  }

  /// What a vocabulary leaves out of the texts: characters that have no piece, and the share, 0 to 1,
  /// of the words that contain one and become the unknown token.
  public func leftOut(
    by vocabulary: WordPieceVocabulary
  ) -> (characterCount: Int, wordShare: Double) {
    let alphabet = Set(
      vocabulary.tokens.lazy.map(\.unicodeScalars).filter { $0.count == 1 }.map {
        $0[$0.startIndex].value
      })
    var missing: Set<UInt32> = []
    var (unknownCount, allCount) = (0, 0)
    for (word, count) in wordCounts {
      let characters = Self.characters(of: word).filter { !alphabet.contains($0) }
      missing.formUnion(characters)
      if !characters.isEmpty { unknownCount += count }
      allCount += count
    }
    return (missing.count, Double(unknownCount) / Double(max(1, allCount)))
  }

  private static func characters(of word: [UInt8]) -> [UInt32] {
    word.withUnsafeBufferPointer { bytes in
      var characters: [UInt32] = []
      var position = 0
      while position < bytes.count {
        characters.append(UTF8Scalar.decode(bytes, at: &position))
      }
      return characters
    }
  }

  /// The most frequent characters; of equally frequent ones those with the lower code.
  private func alphabet(limit: Int) -> Set<UInt32> {
    var counts: [UInt32: Int] = [:]
    for (word, count) in wordCounts {
      for character in Self.characters(of: word) { counts[character, default: 0] += count }
    }
    let byFrequency = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return Set(byFrequency.prefix(limit).map(\.key))
  }

  private static let place = "the trained vocabulary"
}
