extension String {
  /// The text on one line and fit for a terminal: without control characters, such as those that move the
  /// cursor.
  package var withoutControls: String {
    // Control characters are below the space, and from the delete character on to U+009F.
    guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 }) else { return self }
    var text = UnicodeScalarView()
    for scalar in unicodeScalars {
      text.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
    }
    return String(text)
  }

  /// A name of a file's making, fit for a message: at most 200 scalars, and without control characters.
  package var printableName: String {
    let scalars = unicodeScalars.prefix(200)
    let isWhole = scalars.endIndex == unicodeScalars.endIndex
    return String(scalars).withoutControls + (isWhole ? "" : "…")
  }

  /// The same between quotation marks.
  package var quotedName: String { "\"\(printableName)\"" }
}

extension Array where Element: BinaryInteger {
  /// The shape that a file says, fit for a terminal: `[30522, 384]`, or how many axes there are.
  package var abridgedShape: String { count <= 8 ? "\(self)" : "of \(count) axes" }
}
