import Tokenizers

/// Reads documents as the recurrence wants them, and counts what the vocabulary does not know.
struct DocumentTokenizer {
  private let tokenizer: Tokenizer
  /// How much of everything read was unknown.
  private(set) var unknownShare = UnknownShare()

  init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

  /// The ids of one document.
  mutating func encode(_ text: String) -> [Int32] {
    let ids = tokenizer.encodeDocument(text)
    unknownShare.add(ids, unknown: tokenizer.specialTokens.unknown)
    return ids
  }
}
