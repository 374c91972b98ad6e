import JSON

/// The members of a configuration's object, each asked for with its type and bounds.
struct ConfigurationFields {
  let object: JSONObject
  let file: String

  init(_ value: JSONValue, file: String) throws(ConfigurationError) {
    guard let object = value.object else {
      throw ConfigurationError(file: file, .notAnObject(found: value.kindName))
    }
    self.object = object
    self.file = file
  }

  /// Refuses members other than these; for objects that this package alone writes.
  func require(only names: Set<String>) throws(ConfigurationError) {
    for member in object.members where !names.contains(member.name) {
      throw ConfigurationError(file: file, .unknownMember(member.name))
    }
  }

  /// The member, or an error that says that it is missing.
  func value(_ name: String) throws(ConfigurationError) -> JSONValue {
    guard let value = object[name] else {
      throw ConfigurationError(file: file, .missing(member: name))
    }
    return value
  }

  func integer(_ name: String, in bounds: ClosedRange<Int>) throws(ConfigurationError) -> Int {
    let value = try value(name)
    guard let integer = value.integer, bounds.contains(integer) else {
      throw invalid(
        name, value, "an integer from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return integer
  }

  /// A number for which `isAllowed` holds; `fallback` when the member is absent and has one.
  func number(
    _ name: String, default fallback: Double? = nil, _ expected: String,
    where isAllowed: (Double) -> Bool
  ) throws(ConfigurationError) -> Double {
    guard let value = object[name] else {
      if let fallback { return fallback }
      throw ConfigurationError(file: file, .missing(member: name))
    }
    guard let number = value.double, number.isFinite, isAllowed(number) else {
      throw invalid(name, value, expected)
    }
    return number
  }

  /// A probability below 1.
  func probability(
    _ name: String, default fallback: Double? = nil
  ) throws(ConfigurationError) -> Double {
    try number(name, default: fallback, "a probability from 0 to below 1") { $0 >= 0 && $0 < 1 }
  }

  func string(_ name: String) throws(ConfigurationError) -> String {
    let value = try value(name)
    guard let string = value.string else { throw invalid(name, value, "a string") }
    return string
  }

  func invalid(_ name: String, _ found: JSONValue, _ expected: String) -> ConfigurationError {
    ConfigurationError(
      file: file, .invalid(member: name, found: Self.excerpt(found), expected: expected))
  }

  func unsupported(_ name: String, _ found: JSONValue, _ supported: String) -> ConfigurationError {
    ConfigurationError(
      file: file, .unsupported(member: name, found: Self.excerpt(found), supported: supported))
  }

  /// A value as a message shows it: short.
  static func excerpt(_ value: JSONValue) -> String {
    switch value {
    case .array, .object: value.kindName
    default: String(value.serialized(pretty: false).prefix(60))
    }
  }
}
