import JSON

extension SubwordSettings {
  /// The settings with the member names of `tokenizer.json`, without the character map.
  package var json: JSONObject {
    [
      "normalizer": normalization.json(includesCharacterMap: false),
      "pre_tokenizer": preTokenization.json,
      "pad_token": .string(specialTokens.padding),
      "unk_token": .string(specialTokens.unknown),
      "cls_token": .string(specialTokens.classification),
      "sep_token": .string(specialTokens.separator),
      "mask_token": .string(specialTokens.mask),
      "added_tokens": .array(literals.map { .object($0.json) }),
    ]
  }

  /// Reads what ``json`` wrote.
  ///
  /// - Throws: ``TokenizerError`` for a member that is missing or of the wrong kind.
  package init(
    json: JSONObject, characterMap: CharacterMap?, file: String
  ) throws(TokenizerError) {
    let reader = SettingsReader(object: json, file: file)
    var names = SpecialTokenNames()
    names.padding = try reader.required("pad_token", "a string", \.string)
    names.unknown = try reader.required("unk_token", "a string", \.string)
    names.classification = try reader.required("cls_token", "a string", \.string)
    names.separator = try reader.required("sep_token", "a string", \.string)
    names.mask = try reader.required("mask_token", "a string", \.string)
    var literals: [LiteralToken] = []
    for token in try reader.required("added_tokens", "an array", \.array) {
      literals.append(try LiteralToken(json: token, file: file))
    }
    self.init(
      normalization: try TextNormalization(
        json: json["normalizer"], characterMap: characterMap, file: file),
      preTokenization: try PreTokenization(json: json["pre_tokenizer"], file: file),
      specialTokens: names, literals: literals)
  }
}

extension LiteralToken {
  /// The token as `tokenizer.json` has it, without its id.
  package var json: JSONObject {
    [
      "content": .string(content), "single_word": false, "lstrip": .bool(takesLeftSpace),
      "rstrip": .bool(takesRightSpace), "normalized": .bool(isNormalized),
      "special": .bool(isSpecial),
    ]
  }

  /// Reads Hugging Face's description of an added token.
  ///
  /// - Throws: ``TokenizerError`` for a wrong member, and for `single_word`, which is not supported.
  init(json value: JSONValue, file: String) throws(TokenizerError) {
    let reader = SettingsReader(object: value.object ?? [:], file: file)
    let content = try reader.required("content", "the spelling of a token", \.string)
    func flag(_ name: String) throws(TokenizerError) -> Bool {
      try reader.optional(name, "true or false", \.bool) ?? false
    }
    guard !content.isEmpty else {
      throw .invalidMember(name: "content", expected: "the spelling of a token", file: file)
    }
    if try flag("single_word") {
      throw .unsupported(
        what: "the added token \(content) with single_word", expected: "tokens without", file: file)
    }
    self.init(
      content: content, isNormalized: try flag("normalized"),
      takesLeftSpace: try flag("lstrip"), takesRightSpace: try flag("rstrip"),
      isSpecial: try flag("special"))
  }
}
