import JSON
import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The tokenizer of a checkpoint's folder.
///
/// A `tokenizer.json` whose model is BPE or Unigram says everything itself; `vocab.json` and
/// `merges.txt` are RoBERTa's older form; SentencePiece's own file says the pieces, and the family, which
/// `config.json` names, the rest. Of WordPiece the pieces come from `vocab.txt`, or from
/// `tokenizer.json` where there is no `vocab.txt`; the settings come from `tokenizer_config.json`, where
/// that is silent from `tokenizer.json`, and where both are silent they are BERT's, with the letters'
/// case as the pieces show it.
public struct TokenizerFolder: Sendable {
  /// The tokenizer.
  public let tokenizer: Tokenizer
  /// What had to be decided without the files saying so, a sentence each.
  public let notes: [String]

  /// The files that a tokenizer is read from.
  package static let fileNames =
    [
      "vocab.txt", "tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json",
      "special_tokens_map.json", "added_tokens.json",
    ] + sentencePieceNames
  /// SentencePiece's own files: of Hugging Face, and of Google's release of ALBERT.
  private static let sentencePieceNames = [
    "spiece.model", "sentencepiece.bpe.model", "30k-clean.model",
  ]

  /// Reads a folder.
  ///
  /// - Returns: `nil` when the folder has no tokenizer's file.
  /// - Throws: ``TokenizerError``, ``JSONError`` or ``FileError`` when a file cannot be used.
  public init?(path folder: String) throws {
    let jsonPath = folder + "/tokenizer.json"
    let configPath = folder + "/tokenizer_config.json"
    let json = try Self.json(at: jsonPath)
    let olderPath = folder + "/added_tokens.json"
    let older = json == nil ? try Self.json(at: olderPath) : nil
    let config = try TokenizerConfig(
      try Self.json(at: configPath) ?? [:], file: configPath,
      names: try Self.json(at: folder + "/special_tokens_map.json") ?? [:],
      addedTokens: older.map { ($0, olderPath) })
    if let json, let type = SubwordFile.modelType(of: json), ["BPE", "Unigram"].contains(type) {
      let file = try SubwordFile(tokenizerJSON: json, file: jsonPath)
      tokenizer = Tokenizer(try file.tokenizer(config: config))
      notes = []
      return
    }
    if let bytes = try Self.lines(of: folder + "/vocab.txt") {
      (tokenizer, notes) = try Self.wordPiece(
        lines: bytes, json: json, config: config, folder: folder)
    } else if json != nil {
      (tokenizer, notes) = try Self.wordPiece(
        lines: nil, json: json, config: config, folder: folder)
    } else if let vocabulary = try Self.json(at: folder + "/vocab.json"),
      let merges = try Self.lines(of: folder + "/merges.txt")
    {
      let file = try SubwordFile(
        vocabulary: vocabulary, merges: merges, config: config, file: folder + "/vocab.json",
        mergesFile: folder + "/merges.txt")
      tokenizer = Tokenizer(try file.tokenizer(config: config))
      notes = []
    } else if let name = try Self.sentencePieceNames.first(where: {
      try Self.exists(folder + "/" + $0)
    }) {
      tokenizer = Tokenizer(
        try Self.sentencePiece(file: folder + "/" + name, config: config, folder: folder))
      notes = []
    } else {
      return nil
    }
  }

  private static func sentencePiece(
    file path: String, config: TokenizerConfig, folder: String
  ) throws -> SubwordTokenizer {
    let isGoogles = try exists(folder + "/albert_config.json")
    let modelType =
      try json(at: folder + "/config.json")?["model_type"]?.string ?? (isGoogles ? "albert" : nil)
    let family = try SentencePieceFamily(config: config, modelType: modelType, file: path)
    let file = try SubwordFile(
      sentencePiece: try SentencePieceModel(path: path), family: family, config: config, file: path)
    return try file.tokenizer(config: config)
  }

  private static func wordPiece(
    lines: [UInt8]?, json value: JSONValue?, config: TokenizerConfig, folder: String
  ) throws -> (Tokenizer, notes: [String]) {
    let json = try value.map { try TokenizerJSON($0, file: folder + "/tokenizer.json") }
    if json == nil { try config.expectBERTClass() }
    let file = folder + (lines == nil ? "/tokenizer.json" : "/vocab.txt")
    var table =
      if let lines {
        TokenTable(tokens: try WordPieceVocabulary(lines: lines, file: file).tokens, file: file)
      } else if let json {
        try json.tokens()
      } else {
        TokenTable(tokens: [], file: file)
      }
    let added = try json?.addedTokens() ?? config.addedTokens()
    try table.place(added.map { ($0.token.content, $0.id) })
    let vocabulary = try WordPieceVocabulary(tokens: table.tokens, file: file)

    var notes: [String] = []
    var lowercases = try config.members.optional("do_lower_case", "true or false", \.bool)
    if lowercases == nil {
      lowercases = try json?.normalizer.optional("lowercase", "true or false", \.bool)
    }
    if lowercases == nil {
      let isCased = vocabulary.isCased
      lowercases = !isCased
      notes.append(
        "no file says whether letters become lower case; the pieces of \(file) are "
          + (isCased ? "cased, so they do not" : "lower case, so they do"))
    }
    var settings = WordPieceSettings(lowercases: lowercases ?? true)
    if let json { try settings.apply(json) }
    try settings.apply(config)
    let roles = settings.specialTokens.all
    settings.addedTokens = added.map(\.token).filter {
      $0.isNormalized || !roles.contains($0.content)
    }
    let tokenizer = try WordPieceTokenizer(vocabulary: vocabulary, settings: settings, file: file)
    return (Tokenizer(tokenizer), notes)
  }

  private static let largestByteCount = 128 << 20

  private static func lines(of path: String) throws -> [UInt8]? {
    try bytes(of: path, limit: WordPieceVocabulary.largestFileByteCount)
  }

  private static func bytes(of path: String, limit: Int = largestByteCount) throws -> [UInt8]? {
    let file: RandomAccessFile
    do throws(FileError) {
      file = try RandomAccessFile(path: path)
    } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
    guard file.byteCount <= limit else {
      throw TokenizerError.fileTooLarge(byteCount: file.byteCount, limit: limit, file: path)
    }
    return try file.bytes(in: 0..<file.byteCount)
  }

  private static func exists(_ path: String) throws(FileError) -> Bool {
    do throws(FileError) {
      _ = try RandomAccessFile(path: path)
      return true
    } catch {
      if error.code == ENOENT { return false }
      throw error
    }
  }

  private static func json(at path: String) throws -> JSONValue? {
    try bytes(of: path).map { try JSONValue(parsing: $0, file: path) }
  }
}

extension Tokenizer {
  /// The tokenizer of a checkpoint's folder, or `nil` when it has none; see ``TokenizerFolder``.
  public static func load(folder: String) throws -> Tokenizer? {
    try TokenizerFolder(path: folder)?.tokenizer
  }
}

extension WordPieceSettings {
  fileprivate mutating func apply(_ json: TokenizerJSON) throws(TokenizerError) {
    let normalizer = json.normalizer
    cleansText = try normalizer.optional("clean_text", "true or false", \.bool) ?? cleansText
    splitsChineseCharacters =
      try normalizer.optional("handle_chinese_chars", "true or false", \.bool)
      ?? splitsChineseCharacters
    stripsAccents = try normalizer.optional("strip_accents", "true, false or null", \.bool)
    let model = json.modelMembers
    maximumCharactersPerWord =
      try model.optional("max_input_chars_per_word", "an integer", \.integer)
      ?? maximumCharactersPerWord
    continuationPrefix =
      try model.optional("continuing_subword_prefix", "a string", \.string) ?? continuationPrefix
    specialTokens.unknown =
      try model.optional("unk_token", "a string", \.string) ?? specialTokens.unknown
  }

  fileprivate mutating func apply(_ config: TokenizerConfig) throws(TokenizerError) {
    splitsChineseCharacters =
      try config.members.optional("tokenize_chinese_chars", "true or false", \.bool)
      ?? splitsChineseCharacters
    stripsAccents =
      try config.members.optional("strip_accents", "true, false or null", \.bool) ?? stripsAccents
    specialTokens.padding = try config.name("pad_token") ?? specialTokens.padding
    specialTokens.unknown = try config.name("unk_token") ?? specialTokens.unknown
    specialTokens.classification = try config.name("cls_token") ?? specialTokens.classification
    specialTokens.separator = try config.name("sep_token") ?? specialTokens.separator
    specialTokens.mask = try config.name("mask_token") ?? specialTokens.mask
  }
}
