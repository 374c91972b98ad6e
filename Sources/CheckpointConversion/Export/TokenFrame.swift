import JSON

/// The tokens that a tokenizer puts around a text and between two, as `tokenizer.json` says it.
struct TokenFrame {
  /// The token in front, and its id.
  let first: (name: String, id: Int32)
  /// The token behind, and its id.
  let last: (name: String, id: Int32)
  /// Whether two texts are parted by two tokens and have one type, as RoBERTa's.
  let isRoBERTa: Bool

  /// `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`, or `<s> A </s>` and `<s> A </s></s> B </s>`.
  var json: JSONValue {
    func token(_ name: String, _ type: Int) -> JSONValue {
      ["SpecialToken": ["id": .string(name), "type_id": .integer(type)]]
    }
    func sequence(_ name: String, _ type: Int) -> JSONValue {
      ["Sequence": ["id": .string(name), "type_id": .integer(type)]]
    }
    func entry(_ token: (name: String, id: Int32)) -> JSONValue {
      [
        "id": .string(token.name), "ids": .array([.integer(Int(token.id))]),
        "tokens": .array([.string(token.name)]),
      ]
    }
    let single = [token(first.name, 0), sequence("A", 0), token(last.name, 0)]
    let type = isRoBERTa ? 0 : 1
    let second =
      (isRoBERTa ? [token(last.name, 0)] : []) + [sequence("B", type), token(last.name, type)]
    var special = JSONObject()
    special[first.name] = entry(first)
    special[last.name] = entry(last)
    return [
      "type": "TemplateProcessing",
      "single": .array(single),
      "pair": .array(single + second),
      "special_tokens": .object(special),
    ]
  }
}
