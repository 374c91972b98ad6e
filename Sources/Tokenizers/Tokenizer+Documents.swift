extension Tokenizer {
  /// The ids of a document for a model with memory: ``encode(_:)`` without padding, classification
  /// and separator tokens that the text spells out, because every segment brings its own.
  public func encodeDocument(_ text: String) -> [Int32] { removingFrame(from: encode(text)) }

  /// The ids of a sentence that stands between others.
  ///
  /// Byte-level pieces tell a word behind a space from one without, so the sentence gets the space
  /// that it would have in a text; other kinds set words apart by themselves.
  package func encodeSentence(_ sentence: String) -> [Int32] {
    if case .subword(let tokenizer) = kind, case .byteLevel = tokenizer.settings.preTokenization {
      return encodeDocument(" " + sentence)
    }
    return encodeDocument(sentence)
  }

  /// Ids without padding, classification and separator tokens.
  public func removingFrame(from ids: [Int32]) -> [Int32] {
    // By name and not by role: a vocabulary without padding has another piece at its place.
    let frame = frameIDs
    return ids.filter { !frame.contains($0) }
  }

  /// The ids of padding, classification and separator tokens, as far as the vocabulary has them.
  public var frameIDs: [Int32] {
    let names = specialTokenNames
    return [names.padding, names.classification, names.separator].compactMap(id(of:))
  }

  /// The names of the tokens with a role.
  package var roleNames: Set<String> {
    let names = specialTokenNames
    return [names.padding, names.unknown, names.classification, names.separator, names.mask]
  }

  /// The ids of all tokens without a role, in order.
  package var ordinaryIDs: [Int32] {
    let roles = roleNames
    return tokens.indices.filter { !tokens[$0].isEmpty && !roles.contains(tokens[$0]) }
      .map(Int32.init)
  }

  /// How many of these bytes may be tokenised by themselves, so that their ids and those of the rest
  /// are together the ids of all; as many as possible.
  ///
  /// WordPiece's parts end behind a space, a tab or a line's end, those of other kinds before a space.
  ///
  /// - Returns: `nil` when they cannot be parted.
  package func partByteCount(of bytes: [UInt8], in encoding: TextDecoder.Encoding) -> Int? {
    switch kind {
    case .wordPiece:
      return bytes.lastIndex(where: WordPieceTokenizer.endsPart).map { $0 + 1 }
    case .subword(let tokenizer):
      return bytes.indices.dropFirst().last { index in
        guard bytes[index] == 0x20 else { return false }
        var start = index - 1
        if encoding == .utf8 {
          while start > 0, index - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        }
        let text = TextDecoder.text(of: bytes[start..<index], in: encoding, opensFile: false)
        guard let last = text?.unicodeScalars.last else { return false }
        return tokenizer.endsPart(after: last, before: " ")
      }
    }
  }

  /// Whether a text's ids are those of its parts where ``partByteCount(of:in:)`` parts it.
  package var encodesPartwise: Bool {
    switch kind {
    case .wordPiece(let tokenizer): tokenizer.encodesPartwise
    case .subword(let tokenizer): tokenizer.encodesPartwise
    }
  }
}
