import JSON
import WeightFile

extension ProvenanceStep {
  /// Reads what ``json`` gives.
  ///
  /// - Throws: ``ModelFileError`` that names the member.
  package init(json value: JSONValue, path: String) throws(ModelFileError) {
    func wrong(_ name: String, _ expected: String) -> ModelFileError {
      ModelFileError(path: path, .member(name: "provenance.\(name)", expected: expected))
    }
    func string(_ name: String) throws(ModelFileError) -> String {
      guard let string = value[name]?.string else { throw wrong(name, "a string") }
      return string
    }
    func tensors(_ name: String) throws(ModelFileError) -> [Tensor] {
      let expected = "an array of objects with \"name\" and \"reason\""
      guard let list = value[name]?.array else { throw wrong(name, expected) }
      var tensors: [Tensor] = []
      for item in list {
        guard let tensor = item["name"]?.string, let reason = item["reason"]?.string else {
          throw wrong(name, expected)
        }
        tensors.append(Tensor(name: tensor, reason: reason))
      }
      return tensors
    }
    let expectedSources = "an array of objects with \"name\", \"byteCount\" and \"xxh3\""
    guard let list = value["sources"]?.array else { throw wrong("sources", expectedSources) }
    var sources: [Source] = []
    for item in list {
      guard let name = item["name"]?.string, let byteCount = item["byteCount"]?.integer,
        let checksum = item["xxh3"]?.string.flatMap({ Checksum(spelling: $0) })
      else { throw wrong("sources", expectedSources) }
      sources.append(Source(name: name, byteCount: byteCount, checksum: checksum))
    }
    guard let options = value["options"]?.object else { throw wrong("options", "an object") }
    let seed: UInt64?
    switch value["seed"] {
    case .some(.null): seed = nil
    case .some(.integer(let number)) where number >= 0: seed = UInt64(number)
    case .some(.unsigned(let number)): seed = number
    default: throw wrong("seed", "an integer from 0 on, or null")
    }
    guard let dialect = value["dialect"], dialect.isNull || dialect.string != nil else {
      throw wrong("dialect", "a string or null")
    }
    self.init(
      verb: try string("verb"), toolVersion: try string("toolVersion"), sources: sources,
      dialect: dialect.string, dropped: try tensors("dropped"), created: try tensors("created"),
      options: options, seed: seed)
  }

  /// The step as the file's header holds it.
  package var json: JSONValue {
    func list(_ tensors: [Tensor]) -> JSONValue {
      .array(tensors.map { ["name": .string($0.name), "reason": .string($0.reason)] })
    }
    return [
      "verb": .string(verb),
      "toolVersion": .string(toolVersion),
      "sources": .array(
        sources.map {
          [
            "name": .string($0.name), "byteCount": .integer($0.byteCount),
            "xxh3": .string($0.checksum.description),
          ]
        }),
      "dialect": dialect.map { .string($0) } ?? .null,
      "dropped": list(dropped),
      "created": list(created),
      "options": .object(options),
      "seed": seed.map { Int(exactly: $0).map { .integer($0) } ?? .unsigned($0) } ?? .null,
    ]
  }
}
