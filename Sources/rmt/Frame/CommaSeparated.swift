import ArgumentParser

/// A list on the command line: `1,2,4`.
struct CommaSeparated<Element: ExpressibleByArgument & Sendable>: ExpressibleByArgument, Sendable {
  /// The elements, in order; at least one.
  let elements: [Element]

  /// A list given by the program.
  init(_ elements: [Element]) { self.elements = elements }

  /// Reads a list; `nil` when an element is missing or cannot be read.
  init?(argument: String) {
    var elements: [Element] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard !part.isEmpty, let element = Element(argument: String(part)) else { return nil }
      elements.append(element)
    }
    self.elements = elements
  }

  var defaultValueDescription: String {
    elements.map(\.defaultValueDescription).joined(separator: ",")
  }
}
