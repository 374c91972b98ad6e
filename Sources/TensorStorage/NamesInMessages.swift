extension String {
  /// A name of a file's making, fit for a terminal: at most 200 scalars, and without control characters.
  package var printableName: String {
    var text = ""
    for (index, scalar) in unicodeScalars.enumerated() {
      guard index < 200 else { return text + "…" }
      text += scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
    }
    return text
  }

  /// The same between quotation marks.
  package var quotedName: String { "\"\(printableName)\"" }
}

extension Array where Element: BinaryInteger {
  /// The shape that a file says, fit for a terminal: `[30522, 384]`, or how many axes there are.
  package var abridgedShape: String { count <= 8 ? "\(self)" : "of \(count) axes" }
}
