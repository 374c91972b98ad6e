import JSON

/// A subword tokenizer in the files of Hugging Face, `tokenizer.json` or `vocab.json` and `merges.txt`,
/// or in SentencePiece's own.
struct SubwordFile {
  private let file: String
  private var table: TokenTable
  private let scores: [Double]?
  private let model: SettingsReader
  private let merges: [JSONValue]
  private let root: JSONObject
  /// The map of a `Precompiled` step that does not hold its own.
  private let characterMap: CharacterMap?

  /// What `tokenizer.json` calls the model, whether or not the file names it.
  static func modelType(of value: JSONValue) -> String? {
    guard let model = value["model"]?.object else { return nil }
    if let type = model["type"] { return type.string }
    if model["merges"] != nil { return "BPE" }
    return model["vocab"]?.array == nil ? nil : "Unigram"
  }

  /// Reads `tokenizer.json`, whose model is `BPE` or `Unigram`.
  ///
  /// - Throws: ``TokenizerError`` for a member that is wrong, or a setting that is not supported.
  init(tokenizerJSON value: JSONValue, file: String) throws(TokenizerError) {
    guard let root = value.object, let model = root["model"]?.object else {
      throw .invalidMember(name: "model", expected: "an object", file: file)
    }
    self.file = file
    self.root = root
    characterMap = nil
    self.model = SettingsReader(object: model, file: file)
    if try self.model.optional("byte_fallback", "true or false", \.bool) == true {
      throw .unsupported(what: "byte_fallback", expected: "a model without", file: file)
    }
    table = TokenTable(tokens: [], file: file)
    if Self.modelType(of: value) == "Unigram" {
      merges = []
      var scores: [Double] = []
      var tokens: [String] = []
      let expected = "an array of pieces, each with its score"
      for entry in try self.model.required("vocab", expected, \.array) {
        guard let pair = entry.array, pair.count == 2, let token = pair[0].string,
          let score = pair[1].double
        else { throw .invalidMember(name: "model.vocab", expected: expected, file: file) }
        tokens.append(token)
        scores.append(score)
      }
      table = TokenTable(tokens: tokens, file: file)
      self.scores = scores
    } else {
      scores = nil
      merges = try self.model.required("merges", "an array", \.array)
      try table.place(pieces: model["vocab"], named: "model.vocab")
      try expectPlainMerging()
    }
  }

  /// Reads `vocab.json` and `merges.txt`, RoBERTa's older form.
  ///
  /// - Throws: ``TokenizerError``.
  init(
    vocabulary: JSONValue, merges text: [UInt8], config: TokenizerConfig, file: String,
    mergesFile: String
  ) throws(TokenizerError) {
    try config.expectRoBERTaClass()
    self.file = file
    table = TokenTable(tokens: [], file: file)
    try table.place(pieces: vocabulary, named: "the whole file")
    scores = nil
    characterMap = nil
    guard let text = String(validating: text, as: UTF8.self) else {
      throw .lineNotUTF8(line: 1, file: mergesFile)
    }
    merges = text.utf8.split(separator: UInt8(ascii: "\n")).map { line in
      .string(String(Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)))
    }
    model = SettingsReader(object: [:], file: file)
    let prefix = try config.members.optional("add_prefix_space", "true or false", \.bool) ?? false
    root = [
      "pre_tokenizer": PreTokenization.byteLevel(addsPrefixSpace: prefix).json
    ]
  }

  /// Reads what SentencePiece wrote, as the model's family reads it.
  ///
  /// - Throws: ``TokenizerError``.
  init(
    sentencePiece: SentencePieceModel, family: SentencePieceFamily, config: TokenizerConfig,
    file: String
  ) throws(TokenizerError) {
    self.file = file
    let (pieces, unknown) = try family.vocabulary(of: sentencePiece, file: file)
    table = TokenTable(tokens: pieces.map(\.token), file: file)
    scores = pieces.map(\.score)
    merges = []
    model = SettingsReader(object: ["unk_id": .integer(unknown)], file: file)
    let map = sentencePiece.characterMap
    characterMap = map.isEmpty ? nil : try CharacterMap(bytes: map, file: file)
    let addsPrefix =
      try config.members.optional("add_prefix_space", "true or false", \.bool) ?? true
    var root: JSONObject = [
      "normalizer": try family.normalizer(config.members, hasCharacterMap: !map.isEmpty),
      "pre_tokenizer": PreTokenization.metaspace(
        mark: "▁", prefix: addsPrefix ? .always : .never, splitsWhitespace: true
      ).json,
    ]
    // Every class of these families takes the space in front of a mask along.
    let mask = family == .albert ? "[MASK]" : "<mask>"
    if try config.literalTokens().isEmpty,
      let id = pieces.firstIndex(where: { $0.token.utf8.elementsEqual(mask.utf8) })
    {
      root["added_tokens"] = [
        ["id": .integer(id), "content": .string(mask), "lstrip": true, "special": true]
      ]
    }
    self.root = root
  }

  /// The tokenizer with the roles that the files give its tokens.
  ///
  /// - Throws: ``TokenizerError``.
  func tokenizer(config: TokenizerConfig) throws(TokenizerError) -> SubwordTokenizer {
    let added = try addedTokens(config: config)
    var table = table
    try table.place(added.map { ($0.token.content, $0.id) })
    let vocabulary = try SubwordVocabulary(tokens: table.tokens, file: file)
    let (model, unknown) = try model(vocabulary)
    let frame = PostProcessor(root["post_processor"])
    func known(_ candidates: String?...) -> String {
      let names = candidates.compactMap { $0 }
      return names.first { vocabulary.id(of: $0) != nil } ?? names[0]
    }
    var names = SpecialTokenNames()
    names.classification =
      try config.name("cls_token") ?? frame.first ?? known("<s>", "[CLS]")
    names.separator = try config.name("sep_token") ?? frame.last ?? known("</s>", "[SEP]")
    names.padding = try config.name("pad_token") ?? known("<pad>", "[PAD]")
    names.mask = try config.name("mask_token") ?? known("<mask>", "[MASK]")
    let writtenUnknown = try config.name("unk_token")
    names.unknown = unknown ?? writtenUnknown ?? known("<unk>", "[UNK]")
    let settings = SubwordSettings(
      normalization: try TextNormalization(
        json: root["normalizer"], characterMap: characterMap, file: file),
      preTokenization: try PreTokenization(json: root["pre_tokenizer"], file: file),
      specialTokens: names, literals: literals(added.map(\.token), names, vocabulary))
    return try SubwordTokenizer(vocabulary: vocabulary, model: model, settings: settings)
  }

  /// The model, and how its unknown token is spelt where it has one.
  private func model(
    _ vocabulary: SubwordVocabulary
  ) throws(TokenizerError) -> (SubwordModel, unknown: String?) {
    if let scores {
      let unknown = try model.optional("unk_id", "the id of a piece", \.integer)
      guard let unknown else {
        throw .unsupported(what: "Unigram without unk_id", expected: "an unknown piece", file: file)
      }
      let unigram = try UnigramModel(scores: scores, unknown: unknown, file: file)
      return (.unigram(unigram), vocabulary.tokens[unknown])
    }
    let unknown = try model.optional("unk_token", "a string", \.string)
    var unknownID: Int32?
    if let unknown {
      guard let id = vocabulary.id(of: unknown) else {
        throw .missingSpecialToken(unknown, role: "unknown", file: file)
      }
      unknownID = id
    }
    let pairs = BytePairModel(
      merges: try MergeList.merges(merges, vocabulary, file: file), unknown: unknownID,
      joinsUnknown: try model.optional("fuse_unk", "true or false", \.bool) ?? false,
      keepsWholeWords: try model.optional("ignore_merges", "true or false", \.bool) ?? false)
    return (.bytePair(pairs), unknown)
  }

  /// Refuses merging by chance and pieces with marks of their place in the word.
  private func expectPlainMerging() throws(TokenizerError) {
    if let dropout = try model.optional("dropout", "a number", \.double), dropout != 0 {
      throw .unsupported(what: "dropout \(dropout)", expected: "no dropout", file: file)
    }
    for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
      guard try model.optional(name, "a string", \.string) ?? "" == "" else {
        throw .unsupported(what: "the setting \(name)", expected: "byte-level BPE", file: file)
      }
    }
  }

  private func addedTokens(
    config: TokenizerConfig
  ) throws(TokenizerError) -> [(token: LiteralToken, id: Int)] {
    guard let list = root["added_tokens"]?.array else { return try config.literalTokens() }
    var tokens: [(token: LiteralToken, id: Int)] = []
    for value in list {
      guard let id = value["id"]?.integer, id >= 0 else {
        throw .invalidMember(name: "added_tokens", expected: "tokens with an id", file: file)
      }
      tokens.append((try LiteralToken(json: value, file: file), id))
    }
    return tokens
  }

  /// The added tokens, and those with a role that are none: `transformers` finds them in texts too.
  private func literals(
    _ added: [LiteralToken], _ names: SpecialTokenNames, _ vocabulary: SubwordVocabulary
  ) -> [LiteralToken] {
    let roles = [
      names.padding, names.unknown, names.classification, names.separator, names.mask,
    ]
    var literals = added
    for name in roles where vocabulary.id(of: name) != nil {
      guard !literals.contains(where: { $0.content.utf8.elementsEqual(name.utf8) }) else {
        continue
      }
      literals.append(
        LiteralToken(
          content: name, isNormalized: false, takesLeftSpace: false, takesRightSpace: false,
          isSpecial: true))
    }
    return literals
  }
}

extension TokenTable {
  /// Puts pieces at the ids that an object gives them.
  fileprivate mutating func place(
    pieces value: JSONValue?, named name: String
  ) throws(TokenizerError) {
    guard let vocabulary = value?.object else {
      throw .invalidMember(name: name, expected: "an object of pieces", file: file)
    }
    var entries: [(token: String, id: Int)] = []
    entries.reserveCapacity(vocabulary.count)
    for (token, value) in vocabulary.members {
      guard let id = value.integer, id >= 0 else {
        throw .invalidMember(
          name: name, expected: "an object of pieces with their ids", file: file)
      }
      entries.append((token, id))
    }
    try place(entries)
  }
}
