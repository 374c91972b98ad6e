import JSON

/// The members of one object of the header, each asked for with its type; rules 10 and 11.
struct HeaderFields {
  private let object: JSONObject
  private let owner: String
  private let path: String

  /// Takes an object whose members are `names`; others are refused when `isStrict`.
  init(
    _ value: JSONValue, of owner: String, names: [String], isStrict: Bool, path: String
  ) throws(WeightFileError) {
    guard let object = value.object else {
      throw WeightFileError(
        path: path, .member(name: names[0], of: owner, expected: "an object to hold it"))
    }
    if isStrict {
      for member in object.members where !names.contains(member.name) {
        throw WeightFileError(path: path, .unknownMember(name: member.name, of: owner))
      }
    }
    self.object = object
    self.owner = owner
    self.path = path
  }

  /// The error of a member that is missing or not what it must be.
  func missing(_ name: String, _ expected: String) -> WeightFileError {
    WeightFileError(path: path, .member(name: name, of: owner, expected: expected))
  }

  func string(_ name: String) throws(WeightFileError) -> String {
    guard let value = object[name]?.string else { throw missing(name, "a string") }
    return value
  }

  func object(_ name: String) throws(WeightFileError) -> JSONObject {
    guard let value = object[name]?.object else { throw missing(name, "an object") }
    return value
  }

  func array(_ name: String, _ expected: String) throws(WeightFileError) -> [JSONValue] {
    guard let value = object[name]?.array else { throw missing(name, expected) }
    return value
  }

  /// An integer from 0 on.
  func count(_ name: String) throws(WeightFileError) -> Int {
    guard let value = object[name]?.integer, value >= 0 else {
      throw missing(name, "an integer from 0 on")
    }
    return value
  }

  /// An array of integers from 0 on.
  func dimensions(_ name: String) throws(WeightFileError) -> [Int] {
    let expected = "an array of integers from 0 on"
    var dimensions: [Int] = []
    for value in try array(name, expected) {
      guard let dimension = value.integer, dimension >= 0 else { throw missing(name, expected) }
      dimensions.append(dimension)
    }
    return dimensions
  }
}
