import JSON
import Tokenizers

/// A WordPiece tokenizer as the files that `transformers` reads.
struct TokenizerFiles {
  let tokenizer: WordPieceTokenizer
  /// The most ids that the model reads at once; `nil` for one that reads any number, whose documents
  /// `transformers` must not cut.
  let maximumLength: Int?

  /// Name and content of each file.
  var files: [(name: String, bytes: [UInt8])] {
    [
      ("vocab.txt", tokenizer.vocabulary.lines),
      ("tokenizer.json", Array(fastTokenizer.serialized(pretty: false).utf8)),
      ("tokenizer_config.json", Array((configuration.serialized(pretty: true) + "\n").utf8)),
      (
        "special_tokens_map.json",
        Array((specialTokens.serialized(pretty: true) + "\n").utf8)
      ),
    ]
  }

  private var specialTokens: JSONObject {
    tokenizer.settings.specialTokens.json { tokenizer.id(of: $0) != nil }
  }

  private var configuration: JSONValue {
    var object = specialTokens
    object["do_lower_case"] = .bool(tokenizer.settings.lowercases)
    object["strip_accents"] = tokenizer.settings.stripsAccents.map(JSONValue.bool) ?? .null
    object["tokenize_chinese_chars"] = .bool(tokenizer.settings.splitsChineseCharacters)
    if let maximumLength { object["model_max_length"] = .integer(maximumLength) }
    object["added_tokens_decoder"] = .object(
      addedTokens.reduce(into: [:]) { tokens, token in
        tokens["\(token.id)"] = .object(token.description)
      })
    object["tokenizer_class"] = "BertTokenizer"
    return .object(object)
  }

  /// The whole pipeline as the tokenizers library stores it.
  private var fastTokenizer: JSONValue {
    let settings = tokenizer.settings
    var vocabulary = JSONObject()
    for (id, token) in tokenizer.vocabulary.tokens.enumerated() {
      vocabulary[token] = .integer(id)
    }
    return [
      "version": "1.0",
      "truncation": nil,
      "padding": nil,
      "added_tokens": .array(
        addedTokens.map { id, description in
          var token: JSONObject = ["id": .integer(id)]
          for (name, value) in description.members { token[name] = value }
          return .object(token)
        }),
      "normalizer": [
        "type": "BertNormalizer",
        "clean_text": .bool(settings.cleansText),
        "handle_chinese_chars": .bool(settings.splitsChineseCharacters),
        "strip_accents": settings.stripsAccents.map(JSONValue.bool) ?? .null,
        "lowercase": .bool(settings.lowercases),
      ],
      "pre_tokenizer": ["type": "BertPreTokenizer"],
      "post_processor": frame.json,
      "decoder": [
        "type": "WordPiece", "prefix": .string(settings.continuationPrefix), "cleanup": true,
      ],
      "model": [
        "type": "WordPiece",
        "unk_token": .string(settings.specialTokens.unknown),
        "continuing_subword_prefix": .string(settings.continuationPrefix),
        "max_input_chars_per_word": .integer(settings.maximumCharactersPerWord),
        "vocab": .object(vocabulary),
      ],
    ]
  }

  /// Tokens found in a text as they are spelt, those with a role and the checkpoint's own, by their ids.
  private var addedTokens: [(id: Int, description: JSONObject)] {
    let names = tokenizer.settings.specialTokens
    let special = [
      names.padding, names.unknown, names.classification, names.separator, names.mask,
    ]
    let own = tokenizer.settings.addedTokens.filter { !special.contains($0.content) }
    let all =
      special.map { (token: $0, isNormalized: false, isSpecial: true) }
      + own.map { (token: $0.content, isNormalized: $0.isNormalized, isSpecial: false) }
    // A role whose token the vocabulary lacks has no id.
    let known = all.compactMap { entry in
      tokenizer.id(of: entry.token).map { id in
        (
          id: Int(id),
          description: [
            "content": .string(entry.token), "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": .bool(entry.isNormalized),
            "special": .bool(entry.isSpecial),
          ] as JSONObject
        )
      }
    }
    return known.sorted { $0.id < $1.id }
  }

  private var frame: TokenFrame {
    let names = tokenizer.settings.specialTokens
    return TokenFrame(
      first: (names.classification, tokenizer.specialTokens.classification),
      last: (names.separator, tokenizer.specialTokens.separator), isRoBERTa: false)
  }
}

extension SpecialTokenNames {
  /// The tokens with a role as `transformers` calls them.
  ///
  /// `null` stands for one that the vocabulary lacks, which `transformers` would otherwise add at an id
  /// that belongs to something else.
  func json(isKnown: (_ token: String) -> Bool) -> JSONObject {
    func token(_ name: String) -> JSONValue { isKnown(name) ? .string(name) : .null }
    return [
      "unk_token": token(unknown), "sep_token": token(separator), "pad_token": token(padding),
      "cls_token": token(classification), "mask_token": token(mask),
    ]
  }
}

extension Tokenizer {
  /// Name and content of each file by which `transformers` reads the tokenizer.
  ///
  /// - Parameter maximumLength: the most ids that the model reads at once; `nil` for any number.
  func files(maximumLength: Int?) -> [(name: String, bytes: [UInt8])] {
    switch kind {
    case .wordPiece(let tokenizer):
      TokenizerFiles(tokenizer: tokenizer, maximumLength: maximumLength).files
    case .subword(let tokenizer):
      SubwordTokenizerFiles(tokenizer: tokenizer, maximumLength: maximumLength).files
    }
  }
}
