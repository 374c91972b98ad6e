extension WordPieceTokenizer {
  /// The ids of a document for a model with memory: ``encode(_:)`` without padding, classification
  /// and separator tokens that the text spells out, because every segment brings its own.
  public func encodeDocument(_ text: String) -> [Int32] { removingFrame(from: encode(text)) }

  /// Whether a text's ids are those of its parts, one after another, when parts end behind a byte
  /// that ``endsPart(_:)``.
  ///
  /// Normalisation looks at single characters and no word goes across a space, so it is only a
  /// literal token with a space in it that could lie across two parts.
  package var encodesPartwise: Bool {
    let names = settings.specialTokens
    let literals =
      [names.padding, names.unknown, names.classification, names.separator, names.mask]
      + settings.addedTokens.map(\.content)
    return !literals.contains { $0.unicodeScalars.contains { $0.properties.isWhitespace } }
  }

  /// Whether a byte of UTF-8 or Windows-1252 is a space, a tab or a line's end.
  package static func endsPart(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  /// Ids without padding, classification and separator tokens.
  public func removingFrame(from ids: [Int32]) -> [Int32] {
    let names = settings.specialTokens
    // By name and not by role: a vocabulary without padding has another piece at its place.
    let frame = [names.padding, names.classification, names.separator].compactMap(id(of:))
    return ids.filter { !frame.contains($0) }
  }
}
