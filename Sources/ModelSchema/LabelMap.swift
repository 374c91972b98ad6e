import JSON

/// The names of a classifier's rows, and Hugging Face's two ways of writing them.
public struct LabelMap: Sendable, Hashable {
  /// The most classes that are accepted.
  static let maximumCount = 1 << 16

  /// The names, in the order of the classifier's rows.
  public let labels: [String]
  /// What a person should know of how the names were read.
  public private(set) var notes: [String] = []

  /// Takes names in order.
  ///
  /// - Throws: ``ConfigurationError`` when two are the same or there are too many.
  public init(_ labels: [String], file: String) throws(ConfigurationError) {
    guard labels.count <= Self.maximumCount else {
      throw ConfigurationError(
        file: file,
        .invalid(
          member: "labels", found: "\(labels.count) names",
          expected: "at most \(Self.maximumCount)"))
    }
    var seen: Set<String> = []
    for label in labels where !seen.insert(label).inserted {
      throw ConfigurationError(file: file, .duplicateLabel(label))
    }
    self.labels = labels
  }

  /// The names that transformers gives to classes without names, beginning with `LABEL_0`.
  public static func defaultLabels(count: Int) -> [String] {
    (0..<count).map { "LABEL_\($0)" }
  }

  /// Reads `id2label` and `label2id` of a `config.json`; `nil` when it has neither.
  ///
  /// One of the two is enough. `id2label` alone says what the classifier's rows are called, as in
  /// transformers; ``notes`` tell where the other one speaks against it, and of names that occur twice,
  /// which are told apart.
  ///
  /// - Throws: ``ConfigurationError`` when the ids are not 0, 1, 2 ….
  public init?(huggingFace value: JSONValue, file: String) throws(ConfigurationError) {
    let fields = try ConfigurationFields(value, file: file)
    guard let names = try Self.labels(byIdentifierIn: fields) else {
      guard let names = try Self.labels(byNameIn: fields) else { return nil }
      try self.init(names, file: file)
      return
    }
    let distinct = Self.distinct(names.prefix(Self.maximumCount + 1))
    try self.init(distinct, file: file)
    if let index = names.indices.first(where: { names[$0] != distinct[$0] }) {
      notes.append(
        "\(file) calls several classes \"\(names[index])\": another one is \"\(distinct[index])\" here"
      )
    } else if Self.contradicts(names, fields) {
      notes.append("label2id of \(file) speaks against its id2label, which was taken")
    }
  }

  /// The names with a number behind those that occurred before.
  private static func distinct(_ names: ArraySlice<String>) -> [String] {
    var taken = Set(names)
    var seen: [String: Int] = [:]
    return names.map { name in
      guard var number = seen[name] else {
        seen[name] = 1
        return name
      }
      repeat { number += 1 } while taken.contains("\(name)#\(number)")
      seen[name] = number
      taken.insert("\(name)#\(number)")
      return "\(name)#\(number)"
    }
  }

  /// Whether `label2id` is there and says something else.
  private static func contradicts(_ names: [String], _ fields: ConfigurationFields) -> Bool {
    do throws(ConfigurationError) {
      return try labels(byNameIn: fields).map { $0 != names } ?? false
    } catch {
      return true
    }
  }

  /// The members `id2label` and `label2id`.
  public var huggingFaceJSON: JSONObject {
    var byIdentifier = JSONObject()
    var byName = JSONObject()
    for (identifier, label) in labels.enumerated() {
      byIdentifier[String(identifier)] = .string(label)
      byName[label] = .integer(identifier)
    }
    return ["id2label": .object(byIdentifier), "label2id": .object(byName)]
  }

  private static func labels(
    byIdentifierIn fields: ConfigurationFields
  ) throws(ConfigurationError) -> [String]? {
    guard let value = fields.object["id2label"], !value.isNull else { return nil }
    guard let object = value.object else { throw fields.invalid("id2label", value, "an object") }
    var pairs: [(Int, String)] = []
    for member in object.members {
      guard let identifier = Int(member.name), let label = member.value.string else {
        throw fields.invalid(
          "id2label", .string(member.name), "an object from ids to names")
      }
      pairs.append((identifier, label))
    }
    return try ordered(pairs, file: fields.file)
  }

  private static func labels(
    byNameIn fields: ConfigurationFields
  ) throws(ConfigurationError) -> [String]? {
    guard let value = fields.object["label2id"], !value.isNull else { return nil }
    guard let object = value.object else { throw fields.invalid("label2id", value, "an object") }
    var pairs: [(Int, String)] = []
    for member in object.members {
      // Some published files write the ids as strings.
      guard let identifier = member.value.integer ?? member.value.string.flatMap({ Int($0) }) else {
        throw fields.invalid("label2id", member.value, "an object from names to ids")
      }
      pairs.append((identifier, member.name))
    }
    return try ordered(pairs, file: fields.file)
  }

  private static func ordered(
    _ pairs: [(Int, String)], file: String
  ) throws(ConfigurationError) -> [String] {
    let sorted = pairs.sorted { $0.0 < $1.0 }
    for (position, pair) in sorted.enumerated() where pair.0 != position {
      let found = sorted.prefix(8).map { String($0.0) }.joined(separator: ", ")
      throw ConfigurationError(file: file, .labelIdentifiers(found: found))
    }
    return sorted.map(\.1)
  }
}
