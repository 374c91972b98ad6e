import JSON

/// Settings as a table: a row for each member, tables inside it for what is nested.
enum SettingsTable {
  /// The most columns that stand beside each other on a page of paper.
  private static let columnLimit = 8

  /// The table of an object.
  static func markup(_ object: JSONObject) -> Markup {
    .element(
      "table", [:],
      object.members.map { member in
        .element(
          "tr", [:],
          [.element("th", [:], words(member.name)), .element("td", [:], [cell(member.value)])])
      })
  }

  private static func cell(_ value: JSONValue) -> Markup {
    switch value {
    case .null: return .element("span", ["class": "missing"], "none")
    case .bool(let value): return .text(value ? "yes" : "no")
    case .integer(let value): return .text(NumberFormat.grouped(value))
    case .unsigned(let value): return .text("\(value)")
    case .number(let value): return .text(NumberFormat.short(value))
    case .string(let value): return .text(value)
    case .object(let object):
      return object.isEmpty ? .element("span", ["class": "missing"], "empty") : markup(object)
    case .array(let elements):
      if elements.isEmpty { return .element("span", ["class": "missing"], "none") }
      if let table = table(of: elements) { return table }
      if elements.allSatisfy({ $0.array == nil && $0.object == nil }) {
        return .text(elements.map(text).joined(separator: ", "))
      }
      return .element(
        "table", [:],
        elements.map { .element("tr", [:], [.element("td", [:], [cell($0)])]) })
    }
  }

  /// A list of objects as one table: a column for each name that occurs, or, of many names, a row for
  /// each of them and a numbered column for each object.
  private static func table(of elements: [JSONValue]) -> Markup? {
    let objects = elements.compactMap(\.object)
    guard objects.count == elements.count else { return nil }
    var names: [String] = []
    var seen: Set<String> = []
    for object in objects {
      for member in object.members where seen.insert(member.name).inserted {
        names.append(member.name)
      }
    }
    guard !names.isEmpty else { return nil }
    if names.count > columnLimit {
      guard objects.count <= 2 * columnLimit else { return nil }
      let numbers = Markup.element(
        "tr", [:], (0...objects.count).map { .element("th", [:], $0 == 0 ? "" : "\($0)") })
      let rows = names.map { name in
        Markup.element(
          "tr", [:],
          [.element("th", [:], words(name))]
            + objects.map { .element("td", [:], $0[name].map { [cell($0)] } ?? []) })
      }
      return .element("table", [:], [numbers] + rows)
    }
    let head = Markup.element("tr", [:], names.map { .element("th", [:], words($0)) })
    let rows = objects.map { object in
      Markup.element(
        "tr", [:],
        names.map { name in .element("td", [:], object[name].map { [cell($0)] } ?? []) })
    }
    return .element("table", [:], [head] + rows)
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .null: "none"
    case .bool(let value): value ? "yes" : "no"
    case .integer(let value): NumberFormat.grouped(value)
    case .unsigned(let value): "\(value)"
    case .number(let value): NumberFormat.short(value)
    case .string(let value): value
    case .array, .object: value.serialized(pretty: false)
    }
  }

  /// A member's name in words: `learningRate` is `learning rate`; names of files stay as they are.
  static func words(_ name: String) -> String {
    guard name.allSatisfy({ $0.isLetter || $0.isNumber }) else { return name }
    var text = ""
    var previous: Character = " "
    for character in name {
      if character.isUppercase, previous.isLowercase {
        text += " " + character.lowercased()
      } else {
        text.append(character)
      }
      previous = character
    }
    return text
  }
}
