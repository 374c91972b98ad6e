import JSON
import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The tokenizer of a checkpoint's folder.
///
/// The pieces come from `vocab.txt`, or from `tokenizer.json` where there is no `vocab.txt`. The
/// settings come from `tokenizer_config.json`, where that is silent from `tokenizer.json`, and where
/// both are silent they are BERT's, with the letters' case as the pieces show it.
public struct TokenizerFolder: Sendable {
  /// The tokenizer.
  public let tokenizer: WordPieceTokenizer
  /// What had to be decided without the files saying so, a sentence each.
  public let notes: [String]

  /// Reads a folder.
  ///
  /// - Returns: `nil` when the folder has neither `vocab.txt` nor `tokenizer.json`.
  /// - Throws: ``TokenizerError``, ``JSONError`` or ``FileError`` when a file cannot be used.
  public init?(path folder: String) throws {
    let vocabularyPath = folder + "/vocab.txt"
    let jsonPath = folder + "/tokenizer.json"
    let configPath = folder + "/tokenizer_config.json"
    let vocabularyBytes = try Self.bytes(of: vocabularyPath)
    let json = try Self.json(at: jsonPath).map { try TokenizerJSON($0, file: jsonPath) }
    if vocabularyBytes == nil && json == nil { return nil }
    let config = try TokenizerConfig(
      try Self.json(at: configPath) ?? [:], file: configPath,
      names: try Self.json(at: folder + "/special_tokens_map.json") ?? [:])
    if json == nil { try config.expectBERTClass() }

    let file = vocabularyBytes == nil ? jsonPath : vocabularyPath
    var table =
      if let vocabularyBytes {
        TokenTable(
          tokens: try WordPieceVocabulary(lines: vocabularyBytes, file: file).tokens, file: file)
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
    self.notes = notes
    tokenizer = try WordPieceTokenizer(vocabulary: vocabulary, settings: settings, file: file)
  }

  private static let largestByteCount = 256 << 20

  private static func bytes(of path: String) throws -> [UInt8]? {
    let file: RandomAccessFile
    do throws(FileError) {
      file = try RandomAccessFile(path: path)
    } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
    guard file.byteCount <= largestByteCount else {
      throw TokenizerError.fileTooLarge(
        byteCount: file.byteCount, limit: largestByteCount, file: path)
    }
    return try file.bytes(in: 0..<file.byteCount)
  }

  private static func json(at path: String) throws -> JSONValue? {
    try bytes(of: path).map { try JSONValue(parsing: $0, file: path) }
  }
}

extension WordPieceTokenizer {
  /// The tokenizer of a checkpoint's folder, or `nil` when it has none; see ``TokenizerFolder``.
  public static func load(folder: String) throws -> WordPieceTokenizer? {
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
