extension Tokenizer {
  /// What marks a piece that continues a word in ``displayPieces(_:)``.
  package var continuationPrefix: String {
    wordPiece?.settings.continuationPrefix ?? "##"
  }

  /// Pieces for people: as WordPiece spells them, whatever the kind, words without a space in front and
  /// what continues one behind ``continuationPrefix``; ids outside the vocabulary trap.
  package func displayPieces(_ ids: some Sequence<Int32>) -> [String] {
    switch kind {
    case .wordPiece: ids.map { tokens[Int($0)] }
    case .subword(let tokenizer): tokenizer.display(ids, prefix: continuationPrefix)
    }
  }

  /// Whether a piece continues the word of the piece in front of it.
  package func continuesWord(_ id: Int32) -> Bool {
    switch kind {
    case .wordPiece(let tokenizer):
      let (token, prefix) = (tokens[Int(id)], tokenizer.settings.continuationPrefix)
      return !prefix.isEmpty && token.utf8.starts(with: prefix.utf8)
        && token.utf8.count > prefix.utf8.count
    case .subword(let tokenizer): return tokenizer.continuesWord(id)
    }
  }
}
