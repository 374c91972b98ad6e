import JSON

extension WordPieceSettings {
  /// The settings with the member names of Hugging Face's `tokenizer_config.json`.
  public var json: JSONObject {
    [
      "do_lower_case": .bool(lowercases),
      "strip_accents": stripsAccents.map { .bool($0) } ?? .null,
      "tokenize_chinese_chars": .bool(splitsChineseCharacters),
      "clean_text": .bool(cleansText),
      "max_input_chars_per_word": .integer(maximumCharactersPerWord),
      "continuing_subword_prefix": .string(continuationPrefix),
      "pad_token": .string(specialTokens.padding),
      "unk_token": .string(specialTokens.unknown),
      "cls_token": .string(specialTokens.classification),
      "sep_token": .string(specialTokens.separator),
      "mask_token": .string(specialTokens.mask),
      "added_tokens": .array(
        addedTokens.map {
          ["content": .string($0.content), "normalized": .bool($0.isNormalized)]
        }),
    ]
  }

  /// Reads what ``json`` wrote.
  ///
  /// - Throws: ``TokenizerError`` for a member that is missing or of the wrong kind.
  public init(json: JSONObject, file: String) throws(TokenizerError) {
    let reader = SettingsReader(object: json, file: file)
    var names = SpecialTokenNames()
    names.padding = try reader.required("pad_token", "a string", \.string)
    names.unknown = try reader.required("unk_token", "a string", \.string)
    names.classification = try reader.required("cls_token", "a string", \.string)
    names.separator = try reader.required("sep_token", "a string", \.string)
    names.mask = try reader.required("mask_token", "a string", \.string)
    var addedTokens: [AddedToken] = []
    for token in try reader.required("added_tokens", "an array", \.array) {
      guard let content = token["content"]?.string, let isNormalized = token["normalized"]?.bool
      else {
        throw .invalidMember(
          name: "added_tokens", expected: "objects with \"content\" and \"normalized\"", file: file)
      }
      addedTokens.append(AddedToken(content: content, isNormalized: isNormalized))
    }
    self.init(
      lowercases: try reader.required("do_lower_case", "true or false", \.bool),
      stripsAccents: try reader.optional("strip_accents", "true, false or null", \.bool),
      splitsChineseCharacters: try reader.required(
        "tokenize_chinese_chars", "true or false", \.bool),
      cleansText: try reader.required("clean_text", "true or false", \.bool),
      maximumCharactersPerWord: try reader.required(
        "max_input_chars_per_word", "an integer", \.integer),
      continuationPrefix: try reader.required("continuing_subword_prefix", "a string", \.string),
      specialTokens: names, addedTokens: addedTokens)
  }
}

/// Reads members of a settings object and names the one that is wrong.
struct SettingsReader {
  let object: JSONObject
  let file: String

  /// The member, which must be there.
  func required<Value>(
    _ name: String, _ expected: String, _ kind: (JSONValue) -> Value?
  ) throws(TokenizerError) -> Value {
    guard let value = try optional(name, expected, kind) else {
      throw .invalidMember(name: name, expected: expected, file: file)
    }
    return value
  }

  /// The member, or `nil` when it is absent or null.
  func optional<Value>(
    _ name: String, _ expected: String, _ kind: (JSONValue) -> Value?
  ) throws(TokenizerError) -> Value? {
    guard let member = object[name], !member.isNull else { return nil }
    guard let value = kind(member) else {
      throw .invalidMember(name: name, expected: expected, file: file)
    }
    return value
  }
}
