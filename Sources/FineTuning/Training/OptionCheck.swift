/// Checks of options, each refused by the name that people know it by.
enum OptionCheck {
  /// Refuses a value that is out of its range.
  ///
  /// - Throws: ``FineTuningError/invalidOption(name:value:expected:)``.
  static func require(
    _ holds: Bool, _ name: String, _ value: any CustomStringConvertible & Sendable,
    _ expected: String
  ) throws(FineTuningError) {
    guard holds else {
      throw .invalidOption(name: name, value: value.description, expected: expected)
    }
  }
}
