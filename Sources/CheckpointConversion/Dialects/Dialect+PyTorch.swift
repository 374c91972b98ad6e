import ModelSchema

extension Dialect {
  /// Hugging Face's PyTorch names: with `bert.` or without, with LayerNorm's `weight` and `bias` or
  /// the older `gamma` and `beta`, inside DataParallel's `module.` or bare.
  package static let pyTorch = Dialect(
    name: "pytorch", unwrap: unwrapPyTorch, spell: spellPyTorch, rules: pyTorchRules)

  /// The state dict of the reference implementation's encoder: PyTorch names inside `model.`, the
  /// word embeddings a second time as `model.embeddings.weight`, three buffers of ids.
  package static let reference = Dialect(
    name: "rmt-reference", unwrap: unwrapPyTorch,
    spell: { parameter in
      let alias = parameter.name == wordEmbeddings ? [Spelling("embeddings.weight")] : []
      return spellPyTorch(parameter) + alias
    },
    rules: referenceBuffers.map { .drop(.exactly($0), DroppedReason.referenceBuffer) }
      + pyTorchRules)

  /// The reference implementation's buffers; the last one counts the memory tokens.
  package static let referenceBuffers = ["cls_token", "sep_token", "mem_token_ids"]

  /// The parameter that tells a BERT from everything else.
  package static let wordEmbeddings = "embeddings.word_embeddings.weight"

  @Sendable
  private static func unwrapPyTorch(_ name: String) -> String {
    var rest = name[...]
    while let wrapper = ["module.", "model."].first(where: rest.hasPrefix) {
      rest = rest.dropFirst(wrapper.count)
    }
    return String(rest.hasPrefix("bert.") ? rest.dropFirst("bert.".count) : rest)
  }

  @Sendable
  private static func spellPyTorch(_ parameter: ParameterDescription) -> [Spelling] {
    let own = Spelling(parameter.name)
    // Exactly LayerNorm's gamma and beta: replacing these words elsewhere has broken other readers.
    switch parameter.role {
    case .gain: return [own, Spelling(String(parameter.name.dropLast("weight".count)) + "gamma")]
    case .normBias: return [own, Spelling(String(parameter.name.dropLast("bias".count)) + "beta")]
    default: return [own]
    }
  }

  private static let pyTorchRules: [TensorRule] = [
    .drop(.beginning("cls.predictions."), DroppedReason.maskedLanguageModel),
    .drop(.beginning("cls.seq_relationship."), DroppedReason.nextSentence),
    .drop(.beginning("qa_outputs."), DroppedReason.questionAnswering),
    .drop(.exactly("embeddings.position_ids"), DroppedReason.positionIndices),
    .drop(.exactly("embeddings.token_type_ids"), DroppedReason.positionIndices),
    .refuse(.ending("distance_embedding.weight"), DroppedReason.relativePositions),
    .refuse(.containing(".crossattention."), DroppedReason.crossAttention),
    .refuse(.containing("lora_"), DroppedReason.adapter),
    .refuse(.containing(".base_layer."), DroppedReason.adapter),
    .refuse(.containing("adapter"), DroppedReason.adapter),
  ]
}
