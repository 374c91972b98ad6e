extension WordPieceTokenizer {
  /// The ids of a document for a model with memory: ``encode(_:)`` without padding, classification
  /// and separator tokens that the text spells out, because every segment brings its own.
  public func encodeDocument(_ text: String) -> [Int32] { removingFrame(from: encode(text)) }

  /// Ids without padding, classification and separator tokens.
  public func removingFrame(from ids: [Int32]) -> [Int32] {
    let names = settings.specialTokens
    // By name and not by role: a vocabulary without padding has another piece at its place.
    let frame = [names.padding, names.classification, names.separator].compactMap(id(of:))
    return ids.filter { !frame.contains($0) }
  }
}
