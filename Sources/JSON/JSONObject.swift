/// The members of a JSON object: unique names, in the order of the file.
///
/// Two objects are equal when they have the same members, in whatever order.
public struct JSONObject: Sendable {
  /// Name and value of each member, in order.
  public private(set) var members: [(name: String, value: JSONValue)] = []

  /// Where each name is; empty while the object is so small that looking through it is quicker.
  private var positions: [ExactString: Int] = [:]
  private static let largestUnindexedCount = 8

  /// An empty object.
  public init() {}

  /// An object of these members.
  ///
  /// - Returns: `nil` when two of the names are the same.
  public init?(members: [(name: String, value: JSONValue)]) {
    self.members = members
    guard firstRepeatedPosition(index: &positions) == nil else { return nil }
  }

  /// How many members there are.
  public var count: Int { members.count }

  /// Whether there are none.
  public var isEmpty: Bool { members.isEmpty }

  /// The member of that name; setting `nil` removes it, in time that grows with the object.
  public subscript(name: String) -> JSONValue? {
    get { position(of: name).map { members[$0].value } }
    set {
      switch (position(of: name), newValue) {
      case (let position?, let newValue?):
        members[position].value = newValue
      case (let position?, nil):
        members.remove(at: position)
        rebuildIndex()
      case (nil, let newValue?):
        members.append((name, newValue))
        if positions.isEmpty {
          if members.count > Self.largestUnindexedCount { rebuildIndex() }
        } else {
          positions[ExactString(name)] = members.count - 1
        }
      case (nil, nil): break
      }
    }
  }

  private func position(of name: String) -> Int? {
    let name = ExactString(name)
    return positions.isEmpty
      ? members.firstIndex { ExactString($0.name) == name }
      : positions[name]
  }

  private mutating func rebuildIndex() {
    _ = firstRepeatedPosition(index: &positions)
  }

  /// The first member whose name an earlier one has; fills the index on the way.
  private func firstRepeatedPosition(index: inout [ExactString: Int]) -> Int? {
    index = [:]
    guard members.count > Self.largestUnindexedCount else {
      return members.indices.first { position in
        let name = ExactString(members[position].name)
        return members[..<position].contains { ExactString($0.name) == name }
      }
    }
    index.reserveCapacity(members.count)
    for (position, member) in members.enumerated()
    where index.updateValue(position, forKey: ExactString(member.name)) != nil {
      return position
    }
    return nil
  }
}

extension JSONObject: Hashable {
  /// Whether both have the same members, in whatever order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.count == right.members.count
      && left.members.allSatisfy { right[$0.name] == $0.value }
  }

  /// Hashes the members without their order.
  public func hash(into hasher: inout Hasher) {
    // Each member is hashed alone and the hashes are mixed commutatively: the order is no part of
    // equality.
    var mixed = 0
    for member in members {
      var memberHasher = hasher
      memberHasher.combine(ExactString(member.name))
      memberHasher.combine(member.value)
      mixed ^= memberHasher.finalize()
    }
    hasher.combine(members.count)
    hasher.combine(mixed)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// An object of the literal's members; a repeated name is a programmer's error and traps.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    guard let object = JSONObject(members: elements.map { (name: $0.0, value: $0.1) }) else {
      preconditionFailure("a JSON object literal repeats a member name")
    }
    self = object
  }
}
