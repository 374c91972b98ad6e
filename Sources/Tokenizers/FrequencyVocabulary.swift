/// A vocabulary of whole words by frequency, for models that are trained from a random start.
///
/// It holds the five special tokens, every character that the texts contain (alone and as a
/// continuation, so that no word of these characters is unknown), and the most frequent words. This
/// is not a trained WordPiece vocabulary: rare words fall into single characters.
public struct FrequencyVocabulary: Sendable {
  private let settings: WordPieceSettings
  private let normalizer: BERTNormalizer
  private var wordCounts: [[UInt8]: Int] = [:]
  private var characterCounts: [UInt32: Int] = [:]

  /// A vocabulary that treats text by these settings.
  public init(settings: WordPieceSettings) {
    self.settings = settings
    normalizer = BERTNormalizer(settings)
  }

  /// Counts the words and characters of a text.
  public mutating func add(_ text: String) {
    var text = text
    var normalized: [UInt8] = []
    text.withUTF8 { normalizer.normalize($0, into: &normalized) }
    normalized.withUnsafeBufferPointer { bytes in
      WordSplitter.forEachWord(in: bytes) { range, characterCount in
        guard characterCount <= settings.maximumCharactersPerWord else { return }
        var position = range.lowerBound
        while position < range.upperBound {
          characterCounts[UTF8Scalar.decode(bytes, at: &position), default: 0] += 1
        }
        if characterCount > 1 { wordCounts[Array(bytes[range]), default: 0] += 1 }
      }
    }
  }

  /// The vocabulary of at most that many pieces.
  ///
  /// Where the characters alone do not fit, the most frequent are taken. The same texts give the
  /// same vocabulary in whatever order they were added: more frequent first, then by bytes.
  ///
  /// - Throws: ``TokenizerError`` when the count leaves no room for the special tokens.
  public func vocabulary(maximumCount: Int) throws(TokenizerError) -> WordPieceVocabulary {
    let names = settings.specialTokens
    let special = [
      names.padding, names.unknown, names.classification, names.separator, names.mask,
    ]
    guard maximumCount > special.count else {
      throw .unsupported(
        what: "a vocabulary of \(maximumCount)", expected: "more than \(special.count)",
        file: "frequency vocabulary")
    }
    let byFrequency = characterCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let characters = byFrequency.prefix((maximumCount - special.count) / 2).map(\.key).sorted()
      .compactMap(Unicode.Scalar.init).map(String.init)
    var tokens = special + characters + characters.map { settings.continuationPrefix + $0 }
    var seen = Set(tokens.map { Array($0.utf8) })
    let words = wordCounts.sorted {
      $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key)
    }
    for (word, _) in words {
      guard tokens.count < maximumCount else { break }
      if seen.insert(word).inserted { tokens.append(String(decoding: word, as: UTF8.self)) }
    }
    return try WordPieceVocabulary(tokens: tokens, file: "frequency vocabulary")
  }
}
