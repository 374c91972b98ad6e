import JSON

extension PreTokenization {
  /// Reads the member `pre_tokenizer` of `tokenizer.json`.
  ///
  /// - Throws: ``TokenizerError`` for one that is not known, by its name, and for a wrong member.
  init(json value: JSONValue?, file: String) throws(TokenizerError) {
    let reader = SettingsReader(object: value?.object ?? [:], file: file)
    switch reader.object["type"]?.string {
    case "ByteLevel":
      guard try reader.optional("use_regex", "true or false", \.bool) ?? true else {
        throw .unsupported(
          what: "ByteLevel without its pattern", expected: "use_regex true", file: file)
      }
      self = .byteLevel(
        addsPrefixSpace: try reader.required("add_prefix_space", "true or false", \.bool))
    case "Metaspace": self = try Self.metaspace(reader, splitsWhitespace: false)
    case "Sequence":
      let parts = try reader.required("pretokenizers", "an array", \.array)
      let types = parts.map { $0["type"]?.string ?? "null" }
      switch types {
      case ["ByteLevel"], ["Metaspace"]: self = try PreTokenization(json: parts[0], file: file)
      case ["WhitespaceSplit", "Metaspace"]:
        let metaspace = SettingsReader(object: parts[1].object ?? [:], file: file)
        self = try Self.metaspace(metaspace, splitsWhitespace: true)
      default: throw Self.unknown("a sequence of \(types.joined(separator: ", "))", file)
      }
    case let type: throw Self.unknown("the pre-tokenizer \(type ?? "null")", file)
    }
  }

  private static func unknown(_ what: String, _ file: String) -> TokenizerError {
    .unsupported(
      what: what, expected: "ByteLevel, Metaspace, or WhitespaceSplit and Metaspace", file: file)
  }

  private static func metaspace(
    _ reader: SettingsReader, splitsWhitespace: Bool
  ) throws(TokenizerError) -> PreTokenization {
    let expected = "always, first or never"
    let mark = try reader.required("replacement", "a single character") {
      $0.string.flatMap { $0.unicodeScalars.count == 1 ? $0.unicodeScalars.first : nil }
    }
    guard !mark.isASCII else {
      throw .unsupported(
        what: "the mark \(mark) for a space", expected: "one beyond ASCII", file: reader.file)
    }
    guard try reader.optional("split", "true or false", \.bool) ?? true else {
      throw .unsupported(what: "Metaspace without split", expected: "split true", file: reader.file)
    }
    let addsPrefix = try reader.optional("add_prefix_space", "true or false", \.bool)
    let prefix = try reader.optional("prepend_scheme", expected) {
      $0.string.flatMap(MetaspacePrefix.init)
    }
    if addsPrefix == false, let prefix, prefix != .never {
      throw .invalidMember(
        name: "prepend_scheme", expected: "never where add_prefix_space is false",
        file: reader.file)
    }
    return .metaspace(
      mark: mark, prefix: addsPrefix == false ? .never : prefix ?? .always,
      splitsWhitespace: splitsWhitespace)
  }

  /// The member as `tokenizer.json` has it.
  package var json: JSONValue {
    switch self {
    case .byteLevel(let addsPrefixSpace):
      return [
        "type": "ByteLevel", "add_prefix_space": .bool(addsPrefixSpace), "trim_offsets": true,
        "use_regex": true,
      ]
    case .metaspace(_, _, let splitsWhitespace):
      let metaspace = metaspaceJSON ?? .null
      return splitsWhitespace
        ? ["type": "Sequence", "pretokenizers": [["type": "WhitespaceSplit"], metaspace]]
        : metaspace
    }
  }

  /// SentencePiece's cutting by itself, which is also how its pieces are put together again.
  package var metaspaceJSON: JSONValue? {
    guard case .metaspace(let mark, let prefix, _) = self else { return nil }
    return [
      "type": "Metaspace", "replacement": .string(String(mark)),
      "prepend_scheme": .string(prefix.rawValue), "split": true,
    ]
  }
}
