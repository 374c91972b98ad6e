import GGUF
import JSON
import Tokenizers

/// The keys of a GGUF file that hold its tokenizer.
///
/// Source: gguf-py 0.19, `constants.py`.
enum GGUFTokenizerKey {
  static let model = "tokenizer.ggml.model"
  static let preprocessing = "tokenizer.ggml.pre"
  static let tokens = "tokenizer.ggml.tokens"
  static let tokenTypes = "tokenizer.ggml.token_type"
  static let unknown = "tokenizer.ggml.unknown_token_id"
  /// The key is spelt so.
  static let separator = "tokenizer.ggml.seperator_token_id"
  static let padding = "tokenizer.ggml.padding_token_id"
  static let classification = "tokenizer.ggml.cls_token_id"
  static let beginning = "tokenizer.ggml.bos_token_id"
  static let mask = "tokenizer.ggml.mask_token_id"

  /// Our own: all settings of the WordPiece tokenizer, as JSON, for what the others leave out.
  static let settings = "rmt.tokenizer"

  /// The type of a token that stands for no text.
  static let controlType = 3
  /// The type of every other token.
  static let normalType = 1
  /// The type of a token that stands for nothing, where a table has more rows than tokens.
  static let unusedType = 5
  /// What a piece begins with that begins a word; one that continues a word begins with nothing.
  static let wordMark = "\u{2581}"
}

extension GGUFFile {
  /// The WordPiece tokenizer: a piece with ▁ begins a word, one without continues it, and control
  /// tokens are spelt as they are.
  func tokenizer() throws -> (tokenizer: Tokenizer?, notes: [String]) {
    let model = self[GGUFTokenizerKey.model]?.string ?? "none"
    guard model == "bert", let stored = self[GGUFTokenizerKey.tokens]?.array else {
      return (
        nil, ["no tokenizer was stored, so the model takes ids only: the file's is \(model)"]
      )
    }
    let types = self[GGUFTokenizerKey.tokenTypes]?.array ?? []
    let own = try ownSettings()
    var settings = own ?? WordPieceSettings(lowercases: true)
    func type(_ index: Int) -> Int? { types.indices.contains(index) ? types[index].integer : nil }
    var tokens = stored.enumerated().map { index, token in
      Self.piece(
        token.string ?? "", isControl: type(index) == GGUFTokenizerKey.controlType,
        settings.continuationPrefix)
    }
    while tokens.count > 1, type(tokens.count - 1) == GGUFTokenizerKey.unusedType {
      tokens.removeLast()
    }
    func name(_ key: String) -> String? {
      self[key]?.integer.flatMap { tokens.indices.contains($0) ? tokens[$0] : nil }
    }
    var names = settings.specialTokens
    names.unknown = name(GGUFTokenizerKey.unknown) ?? names.unknown
    names.separator = name(GGUFTokenizerKey.separator) ?? names.separator
    names.padding = name(GGUFTokenizerKey.padding) ?? names.padding
    names.classification =
      name(GGUFTokenizerKey.classification) ?? name(GGUFTokenizerKey.beginning)
      ?? names.classification
    names.mask = name(GGUFTokenizerKey.mask) ?? names.mask
    settings.specialTokens = names
    let vocabulary = try WordPieceVocabulary(tokens: tokens, file: path)
    var notes: [String] = []
    if own == nil {
      settings.lowercases = !vocabulary.isCased
      notes.append(
        "the file does not say whether letters become lower case; its pieces are "
          + (vocabulary.isCased ? "cased, so they do not" : "lower case, so they do"))
    }
    return (
      try Tokenizer(vocabulary: vocabulary, settings: settings, file: path), notes
    )
  }

  /// The settings that an export of ours holds.
  private func ownSettings() throws -> WordPieceSettings? {
    guard let text = self[GGUFTokenizerKey.settings]?.string else { return nil }
    let place = "\(path): \(GGUFTokenizerKey.settings)"
    return try WordPieceSettings(
      json: JSONValue(parsing: Array(text.utf8), file: place).object ?? [:], file: place)
  }

  private static func piece(
    _ token: String, isControl: Bool, _ continuationPrefix: String
  ) -> String {
    if isControl || token.isEmpty { return token }
    return token.hasPrefix(GGUFTokenizerKey.wordMark)
      ? String(token.dropFirst()) : continuationPrefix + token
  }
}
