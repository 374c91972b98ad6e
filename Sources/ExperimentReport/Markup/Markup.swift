/// A piece of SVG or HTML: an element with attributes and children, or text.
///
/// Text and attribute values are escaped when the tree is written, so nothing that a file holds can
/// become markup. Attributes keep their order: the same tree gives the same bytes.
package indirect enum Markup: Sendable {
  case element(name: String, attributes: [(name: String, value: String)], children: [Markup])
  case text(String)
  /// A style sheet of the program's own, written as it is.
  case style(String)

  /// An element.
  package static func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [Markup] = []
  ) -> Markup {
    .element(
      name: name, attributes: attributes.map { (name: $0.key, value: $0.value) },
      children: children)
  }

  /// An element that holds nothing but text.
  package static func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ text: String
  ) -> Markup {
    element(name, attributes, [.text(text)])
  }

  /// The markup as text.
  package var serialized: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// Elements that end where they begin.
  private static let emptyElements: Set<String> = [
    "meta", "img", "path", "rect", "line", "circle", "polyline", "polygon",
  ]

  private func write(to text: inout String) {
    switch self {
    case .text(let content): Self.escape(content, into: &text)
    case .style(let sheet): text += "<style>\n\(sheet)</style>"
    case .element(let name, let attributes, let children):
      text += "<\(name)"
      for (name, value) in attributes {
        text += " \(name)=\""
        Self.escape(value, into: &text)
        text += "\""
      }
      if children.isEmpty, Self.emptyElements.contains(name) {
        text += "/>"
        return
      }
      text += ">"
      for child in children { child.write(to: &text) }
      text += "</\(name)>"
      if Self.blockElements.contains(name) { text += "\n" }
    }
  }

  /// Elements that end a line of the file; where white space is shown, none of them stands.
  private static let blockElements: Set<String> = [
    "g", "svg", "p", "h1", "h2", "table", "tr", "section", "figure", "title", "head", "defs",
  ]

  private static func escape(_ content: String, into text: inout String) {
    for scalar in content.unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      case "\t", "\n", "\r": text.unicodeScalars.append(scalar)
      // Neither SVG nor HTML has a way to write these.
      case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": text += "\u{FFFD}"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
