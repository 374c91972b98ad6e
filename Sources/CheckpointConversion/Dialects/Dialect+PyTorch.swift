import ModelSchema

extension Dialect {
  /// Hugging Face's PyTorch names: with the encoder's prefix (`bert.`) or without, with LayerNorm's
  /// `weight` and `bias` or the older `gamma` and `beta`, bare or inside of other modules.
  ///
  /// - Parameter wrappers: what may stand before a name, the longest first; the encoder's own prefix
  ///   where nothing is said.
  package static func pyTorch(_ names: FamilyNames, in wrappers: [String]? = nil) -> Dialect {
    Dialect(
      name: "pytorch", unwrap: unwrapPyTorch(wrappers ?? ["\(names.encoder)."]),
      spell: { spellPyTorch($0, names) }, rules: rules(names),
      layerNumber: number(behind: "\(names.layers)."))
  }

  /// The state dict of the reference implementation's encoder: PyTorch names inside `model.`, the
  /// word embeddings a second time as `model.embeddings.weight`, three buffers of ids.
  package static func reference(_ names: FamilyNames, in wrappers: [String]? = nil) -> Dialect {
    Dialect(
      name: "rmt-reference", unwrap: unwrapPyTorch(wrappers ?? ["\(names.encoder)."]),
      spell: { parameter in
        let alias = parameter.name == wordEmbeddings ? [Spelling("embeddings.weight")] : []
        return spellPyTorch(parameter, names) + alias
      },
      rules: referenceBuffers.map { .drop(.exactly($0), DroppedReason.referenceBuffer) }
        + rules(names), layerNumber: number(behind: "\(names.layers)."))
  }

  /// BERT's own names.
  package static let pyTorch = Dialect.pyTorch(FamilyNames(.bert, classifies: true))

  /// The reference implementation's buffers; the last one counts the memory tokens.
  package static let referenceBuffers = ["cls_token", "sep_token", "mem_token_ids"]

  /// The parameter that tells a BERT from everything else; its relatives call it the same.
  package static let wordEmbeddings = "embeddings.word_embeddings.weight"

  /// What our exports call a memory that cannot follow the words in their table.
  package static let initialMemory = "initial_memory"

  private static func unwrapPyTorch(_ wrappers: [String]) -> @Sendable (String) -> String {
    { name in
      guard let wrapper = wrappers.first(where: name.hasPrefix) else { return name }
      return String(name.dropFirst(wrapper.count))
    }
  }

  @Sendable
  private static func spellPyTorch(
    _ parameter: ParameterDescription, _ names: FamilyNames
  ) -> [Spelling] {
    if parameter.role == .memory { return [Spelling(initialMemory)] }
    guard let module = names.module(parameter.module) else { return [] }
    let leaf = parameter.name.dropFirst(parameter.module.count + 1)
    let own = Spelling("\(module).\(leaf)")
    // Exactly LayerNorm's gamma and beta: replacing these words elsewhere has broken other readers.
    switch parameter.role {
    case .gain: return [own, Spelling("\(module).gamma")]
    case .normBias: return [own, Spelling("\(module).beta")]
    default: return [own]
    }
  }

  private static func rules(_ names: FamilyNames) -> [TensorRule] {
    names.dropped.map { .drop(.beginning("\($0.module)."), $0.reason) } + pyTorchRules
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
