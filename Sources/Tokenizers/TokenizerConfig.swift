import JSON

/// What `tokenizer_config.json` says, and for the special tokens' names `special_tokens_map.json`.
struct TokenizerConfig {
  /// The members of `tokenizer_config.json`.
  let members: SettingsReader
  private let names: JSONValue

  /// The members of `added_tokens.json`, which `added_tokens_decoder` has taken the place of.
  private let older: JSONObject
  private let olderFile: String

  /// - Parameters:
  ///   - names: `special_tokens_map.json`.
  ///   - addedTokens: `added_tokens.json`, where no `tokenizer.json` says what is added.
  init(
    _ value: JSONValue, file: String, names: JSONValue,
    addedTokens: (value: JSONValue, file: String)? = nil
  ) throws(TokenizerError) {
    guard let object = value.object else {
      throw .invalidMember(name: "the whole file", expected: "an object", file: file)
    }
    olderFile = addedTokens?.file ?? file
    guard let older = (addedTokens?.value ?? [:]).object else {
      throw .invalidMember(name: "the whole file", expected: "an object", file: olderFile)
    }
    self.older = older
    members = SettingsReader(object: object, file: file)
    self.names = names
  }

  /// The spelling of a special token, where a file gives it.
  func name(_ member: String) throws(TokenizerError) -> String? {
    func text(_ value: JSONValue) -> String? { value.string ?? value["content"]?.string }
    return try members.optional(member, "a string or an object with \"content\"", text)
      ?? names[member].flatMap(text)
  }

  /// The added tokens and their ids, as transformers of version 4 writes them here and older ones in
  /// a file of their own.
  func addedTokens() throws(TokenizerError) -> [(token: AddedToken, id: Int)] {
    try described { value throws(TokenizerError) in
      try AddedToken(tokenDescription: value, file: members.file)
    }
  }

  /// The same with all that a pipeline asks of them.
  func literalTokens() throws(TokenizerError) -> [(token: LiteralToken, id: Int)] {
    try described { value throws(TokenizerError) in
      try LiteralToken(json: value, file: members.file)
    }
  }

  private func described<Token>(
    _ token: (JSONValue) throws(TokenizerError) -> Token
  ) throws(TokenizerError) -> [(token: Token, id: Int)] {
    var tokens: [(token: Token, id: Int)] = []
    for (value, id) in try addedTokenDescriptions() {
      tokens.append((try token(value), id))
    }
    return tokens
  }

  private func addedTokenDescriptions() throws(TokenizerError) -> [(value: JSONValue, id: Int)] {
    var descriptions: [(value: JSONValue, id: Int)] = []
    if let decoder = try members.optional("added_tokens_decoder", "an object", \.object) {
      for (name, value) in decoder.members {
        guard let id = Int(name), id >= 0 else {
          throw .invalidMember(
            name: "added_tokens_decoder", expected: "an object of ids", file: members.file)
        }
        descriptions.append((value, id))
      }
      return descriptions
    }
    let special = try specialTokens()
    for (content, value) in older.members {
      guard let id = value.integer, id >= 0 else {
        throw .invalidMember(name: content, expected: "an id", file: olderFile)
      }
      // What transformers makes of a token of which only the text and the id are known.
      let isSpecial = special.contains(content)
      descriptions.append(
        (
          [
            "content": .string(content), "normalized": .bool(!isSpecial),
            "special": .bool(isSpecial),
          ], id
        ))
    }
    return descriptions
  }

  /// The tokens that a file gives a role.
  private func specialTokens() throws(TokenizerError) -> Set<String> {
    var tokens: Set<String> = []
    for role in ["pad", "unk", "cls", "sep", "mask", "bos", "eos"] {
      if let name = try name("\(role)_token") { tokens.insert(name) }
    }
    let more = members.object["additional_special_tokens"]?.array ?? []
    return tokens.union(more.compactMap { $0.string ?? $0["content"]?.string })
  }

  /// Refuses classes that cut text otherwise although they too have `vocab.json` and `merges.txt`.
  func expectRoBERTaClass() throws(TokenizerError) {
    guard var name = try members.optional("tokenizer_class", "a string", \.string) else { return }
    if name.hasSuffix("Fast") { name.removeLast(4) }
    guard Self.byteLevelClasses.contains(name) else {
      throw .unsupported(
        what: "the tokenizer class \(name)", expected: "RobertaTokenizer", file: members.file)
    }
  }

  /// The classes of transformers that are RoBERTa's tokenizer under another name.
  private static let byteLevelClasses: Set = [
    "BartTokenizer", "GPT2Tokenizer", "LongformerTokenizer", "PreTrainedTokenizer",
    "RobertaTokenizer", "TokenizersBackend",
  ]

  /// Refuses classes that cut text otherwise although they too have a `vocab.txt`.
  func expectBERTClass() throws(TokenizerError) {
    guard var name = try members.optional("tokenizer_class", "a string", \.string) else { return }
    if name.hasSuffix("Fast") { name.removeLast(4) }
    guard Self.classes.contains(name) else {
      throw .unsupported(
        what: "the tokenizer class \(name)", expected: "BertTokenizer", file: members.file)
    }
    if try members.optional("do_basic_tokenize", "true or false", \.bool) == false {
      throw .unsupported(
        what: "do_basic_tokenize false", expected: "text cut into words first", file: members.file)
    }
  }

  /// The classes of transformers that are BERT's tokenizer under another name.
  private static let classes: Set = [
    "BertTokenizer", "ConvBertTokenizer", "DistilBertTokenizer", "ElectraTokenizer",
    "FunnelTokenizer", "LayoutLMTokenizer", "LxmertTokenizer", "MobileBertTokenizer",
    "PreTrainedTokenizer", "RetriBertTokenizer", "SqueezeBertTokenizer", "TokenizersBackend",
  ]
}

extension SpecialTokenNames {
  /// All five.
  var all: Set<String> { [padding, unknown, classification, separator, mask] }
}

extension WordPieceVocabulary {
  /// Whether the pieces tell upper case from lower: at least one whole word in a thousand, and two,
  /// begin with an upper-case letter.
  package var isCased: Bool {
    var wordCount = 0
    var upperCaseCount = 0
    for token in tokens {
      let scalars = token.unicodeScalars
      guard scalars.count > 1, let first = scalars.first, first.properties.isAlphabetic else {
        continue
      }
      wordCount += 1
      if first.properties.isUppercase { upperCaseCount += 1 }
    }
    return upperCaseCount >= 2 && upperCaseCount * 1000 >= wordCount
  }
}
