extension String {
  /// A name of a file's making between quotation marks, fit for a terminal: at most 200 scalars, and
  /// without control characters.
  package var quotedName: String {
    var text = ""
    for (index, scalar) in unicodeScalars.enumerated() {
      guard index < 200 else { return "\"\(text)…\"" }
      text += scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
    }
    return "\"\(text)\""
  }
}
