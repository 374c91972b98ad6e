/// A JSON value; objects keep the order of their members.
public indirect enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// A number written without fraction or exponent that fits.
  case integer(Int)
  /// An integer above `Int.max`.
  case unsigned(UInt64)
  /// Any other number.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// The members of a JSON object: unique names, in the order of the file.
public struct JSONObject: Sendable, Hashable {
  /// Name and value of each member, in order.
  public private(set) var members: [(name: String, value: JSONValue)] = []
  private var positions: [String: Int] = [:]

  /// An empty object.
  public init() {}

  /// The member of that name; setting `nil` removes it.
  public subscript(name: String) -> JSONValue? {
    get { positions[name].map { members[$0].value } }
    set {
      if let position = positions[name] {
        if let newValue {
          members[position].value = newValue
        } else {
          members.remove(at: position)
          positions = [:]
          for (index, member) in members.enumerated() { positions[member.name] = index }
        }
      } else if let newValue {
        positions[name] = members.count
        members.append((name, newValue))
      }
    }
  }

  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.count == right.members.count
      && left.members.allSatisfy { right[$0.name] == $0.value }
  }

  public func hash(into hasher: inout Hasher) {
    for name in positions.keys.sorted() { hasher.combine(name) }
  }
}
