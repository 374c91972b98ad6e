import JSON
import Tokenizers

/// A byte-level BPE or unigram tokenizer as the files that `transformers` reads.
struct SubwordTokenizerFiles {
  let tokenizer: SubwordTokenizer
  /// The most ids that the model reads at once; `nil` for one that reads any number.
  let maximumLength: Int?

  /// Name and content of each file.
  var files: [(name: String, bytes: [UInt8])] {
    var files = [
      ("tokenizer.json", Array(pipeline.serialized(pretty: false).utf8)),
      ("tokenizer_config.json", Array((configuration.serialized(pretty: true) + "\n").utf8)),
      ("special_tokens_map.json", Array((roles.serialized(pretty: true) + "\n").utf8)),
    ]
    if case .bytePair(let model) = tokenizer.model {
      files.append(("vocab.json", Array(vocabulary.serialized(pretty: false).utf8)))
      files.append(("merges.txt", lines(of: model)))
    }
    return files
  }

  private var roles: JSONObject {
    tokenizer.settings.specialTokens.json { tokenizer.vocabulary.id(of: $0) != nil }
  }

  /// The class that takes `tokenizer.json` as it is.
  private var configuration: JSONObject {
    var object = roles
    if let maximumLength { object["model_max_length"] = .integer(maximumLength) }
    object["tokenizer_class"] = "PreTrainedTokenizerFast"
    return object
  }

  private var pipeline: JSONValue {
    [
      "version": "1.0",
      "truncation": nil,
      "padding": nil,
      "added_tokens": addedTokens,
      "normalizer": tokenizer.settings.normalization.json(includesCharacterMap: true),
      "pre_tokenizer": tokenizer.settings.preTokenization.json,
      "post_processor": frame.json,
      "decoder": decoder,
      "model": model,
    ]
  }

  private var decoder: JSONValue {
    tokenizer.settings.preTokenization.metaspaceJSON
      ?? [
        "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true,
      ]
  }

  /// BERT's frame for tokens of BERT's names, RoBERTa's for others.
  private var frame: TokenFrame {
    let names = tokenizer.settings.specialTokens
    return TokenFrame(
      first: (names.classification, tokenizer.specialTokens.classification),
      last: (names.separator, tokenizer.specialTokens.separator),
      isRoBERTa: names.classification == "<s>")
  }

  private var addedTokens: JSONValue {
    let known = tokenizer.settings.literals.compactMap { token in
      tokenizer.vocabulary.id(of: token.content).map { (id: Int($0), token: token) }
    }
    return .array(
      known.sorted { $0.id < $1.id }.map { id, token in
        var object: JSONObject = ["id": .integer(id)]
        for (name, value) in token.json.members { object[name] = value }
        return .object(object)
      })
  }

  private var model: JSONValue {
    switch tokenizer.model {
    case .bytePair(let model):
      let tokens = tokenizer.vocabulary.tokens
      return [
        "type": "BPE", "dropout": nil,
        "unk_token": model.unknown.map { .string(tokens[Int($0)]) } ?? .null,
        "continuing_subword_prefix": "", "end_of_word_suffix": "",
        "fuse_unk": .bool(model.joinsUnknown), "byte_fallback": false,
        "ignore_merges": .bool(model.keepsWholeWords),
        "vocab": .object(vocabulary),
        "merges": .array(
          model.merges.map {
            .array([.string(tokens[Int($0.left)]), .string(tokens[Int($0.right)])])
          }),
      ]
    case .unigram(let model):
      return [
        "type": "Unigram", "unk_id": .integer(Int(model.unknown)),
        "vocab": .array(
          zip(tokenizer.vocabulary.tokens, model.scores).map {
            .array([.string($0), .number($1)])
          }),
        "byte_fallback": false,
      ]
    }
  }

  /// The ids of all tokens; ids that no token has are left out.
  private var vocabulary: JSONObject {
    var vocabulary = JSONObject()
    for (id, token) in tokenizer.vocabulary.tokens.enumerated() where !token.isEmpty {
      vocabulary[token] = .integer(id)
    }
    return vocabulary
  }

  private func lines(of model: BytePairModel) -> [UInt8] {
    let tokens = tokenizer.vocabulary.tokens
    var bytes = Array("#version: 0.2\n".utf8)
    for merge in model.merges {
      bytes += tokens[Int(merge.left)].utf8
      bytes.append(0x20)
      bytes += tokens[Int(merge.right)].utf8
      bytes.append(0x0A)
    }
    return bytes
  }
}
