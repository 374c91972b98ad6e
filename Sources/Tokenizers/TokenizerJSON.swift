import JSON

/// What `tokenizer.json`, the file of Hugging Face's tokenizers, says of a WordPiece tokenizer.
struct TokenizerJSON {
  let file: String
  private let root: JSONObject
  private let model: JSONObject

  /// - Throws: ``TokenizerError`` when the file describes another tokenizer than BERT's.
  init(_ value: JSONValue, file: String) throws(TokenizerError) {
    guard let root = value.object, let model = root["model"]?.object else {
      throw .invalidMember(name: "model", expected: "an object", file: file)
    }
    self.root = root
    self.model = model
    self.file = file
    try expect(model, "WordPiece", "model")
    try expect(root["pre_tokenizer"]?.object, "BertPreTokenizer", "pre-tokenizer")
    try expect(root["normalizer"]?.object, "BertNormalizer", "normalizer")
  }

  private func expect(
    _ object: JSONObject?, _ expected: String, _ what: String
  ) throws(TokenizerError) {
    let type = object?["type"]?.string
    guard type == expected else {
      throw .unsupported(what: "the \(what) \(type ?? "null")", expected: expected, file: file)
    }
  }

  /// The members of the normaliser.
  var normalizer: SettingsReader {
    SettingsReader(object: root["normalizer"]?.object ?? [:], file: file)
  }

  /// The members of the WordPiece model.
  var modelMembers: SettingsReader { SettingsReader(object: model, file: file) }

  /// The pieces in the order of their ids.
  func tokens() throws(TokenizerError) -> TokenTable {
    guard let vocabulary = model["vocab"]?.object else {
      throw .invalidMember(name: "model.vocab", expected: "an object of pieces", file: file)
    }
    var entries: [(token: String, id: Int)] = []
    entries.reserveCapacity(vocabulary.count)
    for (token, value) in vocabulary.members {
      guard let id = value.integer, id >= 0 else {
        throw .invalidMember(
          name: "model.vocab", expected: "an object of pieces with their ids", file: file)
      }
      entries.append((token, id))
    }
    var table = TokenTable(tokens: [], file: file)
    try table.place(entries)
    return table
  }

  /// The added tokens and their ids.
  func addedTokens() throws(TokenizerError) -> [(token: AddedToken, id: Int)] {
    var tokens: [(token: AddedToken, id: Int)] = []
    for value in root["added_tokens"]?.array ?? [] {
      guard let id = value["id"]?.integer else {
        throw .invalidMember(name: "added_tokens", expected: "tokens with an id", file: file)
      }
      tokens.append((try AddedToken(tokenDescription: value, file: file), id))
    }
    return tokens
  }
}

extension AddedToken {
  /// Reads Hugging Face's description of an added token.
  ///
  /// `lstrip` and `rstrip` take whitespace along, which BERT drops anyway.
  init(tokenDescription value: JSONValue, file: String) throws(TokenizerError) {
    guard let content = value["content"]?.string else {
      throw .invalidMember(name: "content", expected: "the spelling of a token", file: file)
    }
    if value["single_word"]?.bool == true {
      throw .unsupported(
        what: "the added token \(content) with single_word", expected: "tokens without", file: file)
    }
    self.init(content: content, isNormalized: value["normalized"]?.bool ?? false)
  }
}

/// A vocabulary under construction: pieces put at their ids, in whatever order they come.
struct TokenTable {
  private(set) var tokens: [String]
  let file: String

  init(tokens: [String], file: String) {
    self.tokens = tokens
    self.file = file
  }

  /// Puts pieces at their ids; ids between them that no piece has stay empty.
  ///
  /// - Throws: ``TokenizerError`` when an id is taken by another piece, or lies so far out that most
  ///   of the table would be empty.
  mutating func place(_ entries: [(token: String, id: Int)]) throws(TokenizerError) {
    let highest = entries.reduce(tokens.count - 1) { max($0, $1.id) }
    let count = tokens.count + entries.count
    guard highest < 2 * count + 1000 else {
      throw .sparseIDs(highest: highest, count: count, file: file)
    }
    tokens += repeatElement("", count: highest + 1 - tokens.count)
    for (token, id) in entries {
      guard id >= 0, tokens[id].isEmpty || tokens[id].utf8.elementsEqual(token.utf8) else {
        throw .repeatedID(id, file: file)
      }
      tokens[id] = token
    }
  }
}
