import ModelSchema

extension Dialect {
  /// The names that llama.cpp gives a BERT: `blk.0.attn_q.weight`.
  ///
  /// What it calls `cls` is a dense layer with tanh over the first token, which is the pooler, and
  /// `cls.output` the classifier behind it. Source: gguf-py 0.19, `tensor_mapping.py`.
  package static let gguf = Dialect(
    name: "gguf", unwrap: { $0 }, spell: { [Spelling(ggufName(of: $0))] }, rules: [],
    layerNumber: number(behind: "blk."))

  private static let parts: [String: String] = [
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
    "pooler.dense": "cls",
    "classifier": "cls.output",
  ]

  /// The name of a parameter; its own where llama.cpp has none.
  @Sendable
  static func ggufName(of parameter: ParameterDescription) -> String {
    if let (index, part) = parameter.encoderLayer, let name = parts[part] {
      return "blk.\(index).\(name).\(parameter.leaf)"
    }
    return parts[parameter.module].map { "\($0).\(parameter.leaf)" } ?? parameter.name
  }
}
