import TensorStorage

/// What a file will hold: groups, their attributes, and datasets, before a value is written.
public struct HDF5Outline: Sendable {
  /// The value of an attribute.
  public enum Attribute: Sendable, Hashable {
    /// One text.
    case string(String)
    /// A list of texts; an empty one is written as Keras writes it, as no numbers.
    case strings([String])
  }

  /// A group: members by name, attributes in the order in which they were set.
  struct Group: Sendable {
    var attributes: [(name: String, value: Attribute)] = []
    var groups: [String: Group] = [:]
    var datasets: [String: TensorDescription] = [:]
  }

  /// Keras splits a list of names that takes more bytes than this, for a message of an object header
  /// has less than 64 KiB.
  public static let attributeLimit = 64_512

  private(set) var root = Group()

  /// An empty file.
  public init() {}

  /// Adds a dataset, and the groups above it; its name is its path without a leading slash.
  ///
  /// Traps when the path is taken or has an empty part.
  public mutating func add(dataset tensor: TensorDescription) {
    var parts = Self.parts(tensor.name)
    let name = parts.removeLast()
    Self.change(&root, parts[...]) { group in
      precondition(group.groups[name] == nil, "\(tensor.name) is a group")
      precondition(
        group.datasets.updateValue(tensor, forKey: name) == nil, "\(tensor.name) stands twice")
    }
  }

  /// Adds a group without members, where there is none.
  public mutating func add(group path: String) {
    Self.change(&root, Self.parts(path)[...]) { _ in }
  }

  /// Sets an attribute of a group, which is added where there is none; the root's path is empty.
  ///
  /// A list of texts above ``attributeLimit`` becomes `name0`, `name1` and so on.
  public mutating func set(_ name: String, to value: Attribute, at path: String) {
    let parts = path.isEmpty ? [] : Self.parts(path)
    Self.change(&root, parts[...]) { group in
      for piece in Self.pieces(name, value) { group.attributes.append(piece) }
    }
  }

  /// The list cut into the fewest pieces below the limit, the longer ones first.
  private static func pieces(
    _ name: String, _ value: Attribute
  ) -> [(name: String, value: Attribute)] {
    guard case .strings(let strings) = value, !strings.isEmpty else { return [(name, value)] }
    let width = max(1, strings.map(\.utf8.count).max() ?? 1)
    precondition(width <= attributeLimit, "a name of \(width) bytes")
    var count = 1
    while (strings.count + count - 1) / count * width > attributeLimit { count += 1 }
    guard count > 1 else { return [(name, value)] }
    var start = 0
    return (0..<count).map { piece in
      let length = strings.count / count + (piece < strings.count % count ? 1 : 0)
      defer { start += length }
      return ("\(name)\(piece)", .strings(Array(strings[start..<start + length])))
    }
  }

  private static func parts(_ path: String) -> [String] {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    precondition(parts.allSatisfy { !$0.isEmpty && $0 != "." }, "no path in a file: \(path)")
    return parts
  }

  private static func change(
    _ group: inout Group, _ path: ArraySlice<String>, _ body: (inout Group) -> Void
  ) {
    guard let name = path.first else { return body(&group) }
    precondition(group.datasets[name] == nil, "\(name) is a dataset")
    change(&group.groups[name, default: Group()], path.dropFirst(), body)
  }
}
