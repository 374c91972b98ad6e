import Testing

/// Whether a text is well-formed XML, as far as elements, attributes and entities go.
enum MarkupCheck {
  /// The first thing that is wrong; `nil` when nothing is.
  static func fault(in text: String) -> String? {
    var open: [Substring] = []
    for piece in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
      guard let end = piece.firstIndex(of: ">") else { return "no end of <\(piece.prefix(30))" }
      let tag = piece[..<end], content = piece[piece.index(after: end)...]
      if content.contains(">") { return "a bare > after <\(tag.prefix(30))" }
      for ampersand in content.split(separator: "&").dropFirst() where !content.isEmpty {
        guard let name = ampersand.split(separator: ";").first, name.count < 6 else {
          return "a bare & after <\(tag.prefix(30))"
        }
      }
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else {
          return "</\(tag.dropFirst())> closes nothing"
        }
      } else if !tag.hasSuffix("/"), !tag.hasPrefix("!") {
        open.append(tag.prefix { $0 != " " })
      }
      if tag.count(where: { $0 == "\"" }) % 2 != 0 { return "quotes in <\(tag.prefix(30))" }
    }
    return open.isEmpty ? nil : "open: \(open)"
  }
}
