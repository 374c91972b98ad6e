import JSON

/// The members of one object of a recipe, each asked for with its type and bounds.
///
/// A member that is absent or `null` is `nil`; one of another type or outside its bounds is
/// ``RecipeError/invalid(file:key:found:expected:)`` with the keys on the way to it. A list has one
/// element or more.
struct RecipeFields {
  private let object: JSONObject
  private let file: String
  /// The keys on the way here, such as `training.stages[1]`; empty for the whole recipe.
  private let path: String

  /// The members of an object; any other value is invalid.
  init(_ value: JSONValue, file: String, path: String = "") throws(RecipeError) {
    guard let object = value.object else {
      throw .invalid(
        file: file, key: path.isEmpty ? "the whole file" : path, found: value.kindName,
        expected: "an object")
    }
    (self.object, self.file, self.path) = (object, file, path)
  }

  /// Refuses members other than these.
  func require(only names: [String]) throws(RecipeError) {
    for member in object.members where !names.contains(member.name) {
      throw .unknownKey(file: file, key: key(member.name), known: names)
    }
  }

  /// The place of a member, for messages.
  func key(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// An error about a member.
  func contradiction(_ name: String, _ problem: String) -> RecipeError {
    .contradiction(file: file, key: key(name), problem: problem)
  }

  /// The member, or `nil` where it is absent or `null`.
  func value(_ name: String) -> JSONValue? {
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  /// A text.
  func string(_ name: String) throws(RecipeError) -> String? {
    try value(name).map { value throws(RecipeError) in
      guard let text = value.string else { throw invalid(name, value, "a string") }
      return text
    }
  }

  /// An integer within bounds.
  func integer(
    _ name: String, in bounds: ClosedRange<Int>
  ) throws(RecipeError) -> Int? {
    try value(name).map { value throws(RecipeError) in
      try integer(value, name, in: bounds)
    }
  }

  /// Integers, each within bounds.
  func integers(
    _ name: String, in bounds: ClosedRange<Int>
  ) throws(RecipeError) -> [Int]? {
    try list(name, "integers")?.map { value throws(RecipeError) in
      try integer(value, name, in: bounds)
    }
  }

  /// A finite number that is allowed.
  ///
  /// - Parameter expected: which ones are, in words.
  func number(
    _ name: String, _ expected: String, where isAllowed: (Double) -> Bool
  ) throws(RecipeError) -> Double? {
    try value(name).map { value throws(RecipeError) in
      guard let number = value.double, number.isFinite, isAllowed(number) else {
        throw invalid(name, value, expected)
      }
      return number
    }
  }

  /// A probability below 1.
  func probability(_ name: String) throws(RecipeError) -> Double? {
    try number(name, "a probability from 0 to below 1") { $0 >= 0 && $0 < 1 }
  }

  /// A share, 0 to 1.
  func share(_ name: String) throws(RecipeError) -> Double? {
    try number(name, "a share from 0 to 1") { (0...1).contains($0) }
  }

  /// `true` or `false`.
  func bool(_ name: String) throws(RecipeError) -> Bool? {
    try value(name).map { value throws(RecipeError) in
      guard let truth = value.bool else { throw invalid(name, value, "true or false") }
      return truth
    }
  }

  /// One of the names of a type.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, of type: Choice.Type
  ) throws(RecipeError) -> Choice? {
    try value(name).map { value throws(RecipeError) in
      guard let choice = value.string.flatMap(Choice.init(rawValue:)) else {
        throw invalid(
          name, value, Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or "))
      }
      return choice
    }
  }

  /// Texts.
  func strings(_ name: String) throws(RecipeError) -> [String]? {
    try list(name, "strings")?.map { value throws(RecipeError) in
      guard let text = value.string else { throw invalid(name, value, "a list of strings") }
      return text
    }
  }

  /// The object of that name.
  func fields(_ name: String) throws(RecipeError) -> RecipeFields? {
    try value(name).map { value throws(RecipeError) in
      try RecipeFields(value, file: file, path: key(name))
    }
  }

  /// The objects of a list.
  func listOfFields(_ name: String) throws(RecipeError) -> [RecipeFields]? {
    guard let list = try list(name, "objects") else { return nil }
    var fields: [RecipeFields] = []
    for (index, value) in list.enumerated() {
      fields.append(try RecipeFields(value, file: file, path: "\(key(name))[\(index)]"))
    }
    return fields
  }

  /// A value that has to be there.
  func required<Value>(_ value: Value?, _ name: String) throws(RecipeError) -> Value {
    guard let value else { throw .missing(file: file, key: key(name)) }
    return value
  }

  private func list(
    _ name: String, _ elements: String
  ) throws(RecipeError) -> [JSONValue]? {
    try value(name).map { value throws(RecipeError) in
      guard let list = value.array else { throw invalid(name, value, "a list of \(elements)") }
      guard !list.isEmpty else {
        throw .invalid(
          file: file, key: key(name), found: "an empty list",
          expected: "a list of one or more \(elements)")
      }
      return list
    }
  }

  private func integer(
    _ value: JSONValue, _ name: String, in bounds: ClosedRange<Int>
  ) throws(RecipeError) -> Int {
    guard let integer = value.integer, bounds.contains(integer) else {
      throw invalid(name, value, "an integer from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return integer
  }

  /// An error about a member of another type or outside its bounds.
  func invalid(_ name: String, _ found: JSONValue, _ expected: String) -> RecipeError {
    let excerpt =
      switch found {
      case .array, .object: found.kindName
      default: String(found.serialized(pretty: false).prefix(60))
      }
    return .invalid(file: file, key: key(name), found: excerpt, expected: expected)
  }
}
