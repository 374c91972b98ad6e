import JSON

/// A subword tokenizer as a native file holds it: settings, and tables beside them.
package struct SubwordRecord: Sendable {
  /// Which model it is.
  package enum Kind: String, Sendable {
    /// Byte-level byte-pair encoding.
    case bytePair = "byte-level-bpe"
    /// SentencePiece's unigram language model.
    case unigram = "unigram"

    /// What people call it.
    package var name: String {
      switch self {
      case .bytePair: "byte-level BPE"
      case .unigram: "SentencePiece unigram"
      }
    }
  }

  /// The model.
  package let kind: Kind
  /// The settings as the file's header has them.
  package let json: JSONObject

  /// Reads what is in a header; the settings themselves are read with the tables.
  ///
  /// - Throws: ``TokenizerError`` for a kind that is not known.
  package init(json: JSONObject, file: String) throws(TokenizerError) {
    let name = json["type"]?.string
    guard let kind = name.flatMap(Kind.init) else {
      throw .unsupported(
        what: "the tokenizer \(name ?? "null")", expected: "byte-level-bpe or unigram", file: file)
    }
    self.kind = kind
    self.json = json
  }

  /// The record of a tokenizer.
  package init(_ tokenizer: SubwordTokenizer) {
    var json: JSONObject
    switch tokenizer.model {
    case .bytePair(let model):
      kind = .bytePair
      json = [
        "type": .string(kind.rawValue),
        "unk_id": model.unknown.map { .integer(Int($0)) } ?? .null,
        "fuse_unk": .bool(model.joinsUnknown),
        "ignore_merges": .bool(model.keepsWholeWords),
      ]
    case .unigram(let model):
      kind = .unigram
      json = ["type": .string(kind.rawValue), "unk_id": .integer(Int(model.unknown))]
    }
    for (name, value) in tokenizer.settings.json.members { json[name] = value }
    self.json = json
  }

  /// Whether a map of characters is among the tables.
  package var hasCharacterMap: Bool {
    let normalizer = json["normalizer"]
    let steps = normalizer?["normalizers"]?.array ?? [normalizer ?? .null]
    return steps.contains { $0["type"]?.string == "Precompiled" }
  }

  /// The tables of a tokenizer, as a file holds them.
  package struct Tables: Sendable {
    /// The pieces in the order of their ids.
    package var tokens: [String]
    /// The ids of each pair that merges, in order.
    package var merges: [(left: Int32, right: Int32)]
    /// The score of each piece.
    package var scores: [Double]
    /// SentencePiece's map of characters.
    package var characterMap: [UInt8]?

    /// Tables with every value given.
    package init(
      tokens: [String], merges: [(left: Int32, right: Int32)], scores: [Double],
      characterMap: [UInt8]?
    ) {
      self.tokens = tokens
      self.merges = merges
      self.scores = scores
      self.characterMap = characterMap
    }
  }

  /// The tokenizer.
  ///
  /// - Throws: ``TokenizerError`` when settings and tables do not fit each other.
  package func tokenizer(_ tables: Tables, file: String) throws(TokenizerError) -> SubwordTokenizer
  {
    let reader = SettingsReader(object: json, file: file)
    let vocabulary = try SubwordVocabulary(tokens: tables.tokens, file: file)
    let unknown = try reader.optional("unk_id", "the id of a piece", \.integer)
    if let unknown, !vocabulary.tokens.indices.contains(unknown) {
      throw .invalidMember(name: "unk_id", expected: "the id of a piece", file: file)
    }
    var map: CharacterMap?
    if let bytes = tables.characterMap { map = try CharacterMap(bytes: bytes, file: file) }
    let settings = try SubwordSettings(json: json, characterMap: map, file: file)
    let model: SubwordModel
    switch kind {
    case .bytePair:
      model = .bytePair(
        BytePairModel(
          merges: try MergeList.merges(ofPairs: tables.merges, vocabulary, file: file),
          unknown: unknown.map { Int32($0) },
          joinsUnknown: try reader.required("fuse_unk", "true or false", \.bool),
          keepsWholeWords: try reader.required("ignore_merges", "true or false", \.bool)))
    case .unigram:
      model = .unigram(
        try UnigramModel(scores: tables.scores, unknown: unknown ?? -1, file: file))
    }
    return try SubwordTokenizer(vocabulary: vocabulary, model: model, settings: settings)
  }
}
