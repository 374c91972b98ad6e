/// How a pipeline cuts normalised text into words, each of which the model cuts into pieces by itself.
package enum PreTokenization: Sendable, Hashable {
  /// GPT-2's cutting, which leaves a space at the front of the word that it precedes.
  ///
  /// - addsPrefixSpace: whether a text that begins without a space is given one.
  case byteLevel(addsPrefixSpace: Bool)
  /// SentencePiece's cutting: spaces become the mark, and each mark begins a word.
  ///
  /// - mark: what stands for a space, `▁`.
  /// - prefix: which texts are given a mark in front.
  /// - splitsWhitespace: whether text is cut at white space, which is dropped, before.
  case metaspace(mark: Unicode.Scalar, prefix: MetaspacePrefix, splitsWhitespace: Bool)
}

/// Which parts of a text are given a mark at their front, where they have none.
package enum MetaspacePrefix: String, Sendable, Hashable {
  /// Every part, and every word where white space cuts.
  case always
  /// The part that begins the text.
  case first
  /// None.
  case never
}

extension PreTokenization {
  /// Calls `body` with each word of a part of the text.
  ///
  /// - Parameters:
  ///   - text: normalised text between added tokens.
  ///   - opensText: whether the whole text begins with it.
  ///   - scratch: room for words that are not in the text as they stand.
  func forEachWord(
    in text: UnsafeBufferPointer<UInt8>, opensText: Bool, scratch: inout [UInt8],
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard !text.isEmpty else { return }
    switch self {
    case .byteLevel(let addsPrefixSpace):
      guard addsPrefixSpace, text[0] != 0x20 else {
        return ByteLevelSplitter.forEachWord(in: text, body)
      }
      scratch.removeAll(keepingCapacity: true)
      scratch.append(0x20)
      scratch += text
      scratch.withUnsafeBufferPointer { ByteLevelSplitter.forEachWord(in: $0, body) }
    case .metaspace(let mark, let prefix, let splitsWhitespace):
      let splitter = MetaspaceSplitter(mark: mark)
      let hasPrefix = prefix == .always || (prefix == .first && opensText)
      if splitsWhitespace {
        splitter.forEachRun(in: text) { run in
          splitter.forEachWord(in: run, hasPrefix: hasPrefix, scratch: &scratch, body)
        }
      } else {
        splitter.forEachWord(in: text, hasPrefix: hasPrefix, scratch: &scratch, body)
      }
    }
  }
}
