import Tokenizers

/// Reads documents as the recurrence wants them: special tokens that a text spells out are dropped,
/// because every segment brings its own.
struct DocumentTokenizer {
  private let tokenizer: WordPieceTokenizer
  private let dropped: Set<Int32>
  /// How much of everything read was unknown.
  private(set) var unknownShare = UnknownShare()

  init(_ tokenizer: WordPieceTokenizer) {
    self.tokenizer = tokenizer
    let names = tokenizer.settings.specialTokens
    // By name and not by role: a vocabulary without padding has another piece at its place.
    dropped = Set(
      [names.padding, names.classification, names.separator].compactMap(tokenizer.id(of:)))
  }

  /// The ids of one document.
  mutating func encode(_ text: String) -> [Int32] {
    let ids = tokenizer.encode(text).filter { !dropped.contains($0) }
    unknownShare.add(ids, unknown: tokenizer.specialTokens.unknown)
    return ids
  }
}
