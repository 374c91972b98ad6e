import ModelSchema

extension Dialect {
  /// The variables of Google's own programs: `bert/encoder/layer_0/attention/self/query/kernel`.
  ///
  /// Kernels are `[in, out]`. The head that `run_classifier` adds is called `output_weights` and lies
  /// as in PyTorch, and so does the weight of next-sentence prediction. ALBERT's variables stand in
  /// BERT's scope, those of a group of layers in one place; ELECTRA's discriminator has a scope of its
  /// own, its generator's encoder another one beside it.
  ///
  /// Source: google-research/bert, google-research/albert and google-research/electra: `modeling.py`,
  /// `run_pretraining.py`, `run_classifier.py`.
  package static func tensorFlowVariables(_ family: EncoderFamily) -> Dialect {
    let scope = family == .electra ? "electra/" : "bert/"
    return Dialect(
      name: "tensorflow-variables",
      unwrap: { $0.hasPrefix(scope) ? String($0.dropFirst(scope.count)) : $0 },
      spell: { spellVariable($0, family) }, rules: variableRules,
      layerNumber: number(
        behind: family == .albert ? "encoder/transformer/group_" : "encoder/layer_"))
  }

  /// BERT's own variables.
  package static let tensorFlowVariables = Dialect.tensorFlowVariables(.bert)

  /// The variable of the word embeddings, by which a family's checkpoint is known.
  static let variablesOfWordEmbeddings = [
    "bert/embeddings/word_embeddings", "electra/embeddings/word_embeddings",
  ]

  /// How the variables of ELECTRA's generator begin.
  static let electraGenerator = "generator/"

  private static func spellVariable(
    _ parameter: ParameterDescription, _ family: EncoderFamily
  ) -> [Spelling] {
    switch parameter.name {
    // ELECTRA's program puts its tasks' heads elsewhere, with layers of their own.
    case "classifier.weight" where family != .electra: return [Spelling("output_weights")]
    case "classifier.bias" where family != .electra: return [Spelling("output_bias")]
    case "cls.predictions.bias": return [Spelling("cls/predictions/output_bias")]
    default: break
    }
    guard let leaf = parameter.role.kerasLeaf,
      let path = variablePath(parameter.module, family)
    else { return [] }
    // A table is called as its module is.
    return parameter.role == .embedding
      ? [Spelling(path)] : [Spelling("\(path)/\(leaf)", parameter.role.kerasOrientation)]
  }

  /// Where a module's variables stand inside the scope; `nil` when the family has no such module.
  private static func variablePath(_ module: String, _ family: EncoderFamily) -> String? {
    let path = module.replacing(".", with: "/")
    switch (family, path) {
    case (.electra, "pooler/dense"), (.electra, "classifier"): return nil
    case (.electra, "embeddings/projection"): return "embeddings_project"
    case (.albert, "embeddings/projection"): return "encoder/embedding_hidden_mapping_in"
    default: break
    }
    guard let match = path.wholeMatch(of: /encoder\/layer\/([0-9]+)\/(.*)/) else { return path }
    guard family == .albert else { return "encoder/layer_\(match.1)/\(match.2)" }
    return albertVariables[String(match.2)].map {
      "encoder/transformer/group_\(match.1)/inner_group_0/\($0)"
    }
  }

  /// A group of ALBERT's layers.
  private static let albertVariables = [
    "attention/self/query": "attention_1/self/query",
    "attention/self/key": "attention_1/self/key",
    "attention/self/value": "attention_1/self/value",
    "attention/output/dense": "attention_1/output/dense",
    "attention/output/LayerNorm": "LayerNorm",
    "intermediate/dense": "ffn_1/intermediate/dense",
    "output/dense": "ffn_1/intermediate/output/dense",
    "output/LayerNorm": "LayerNorm_1",
  ]

  private static let variableRules: [TensorRule] = [
    .drop(.ending("/adam_m"), DroppedReason.optimizer),
    .drop(.ending("/adam_v"), DroppedReason.optimizer),
    .drop(.exactly("global_step"), DroppedReason.stepCount),
    .drop(.beginning("cls/predictions/"), DroppedReason.maskedLanguageModel),
    .drop(.beginning("cls/seq_relationship/"), DroppedReason.nextSentence),
    .drop(.beginning("cls/squad/"), DroppedReason.questionAnswering),
    .drop(.beginning(electraGenerator), DroppedReason.generator),
    .drop(.beginning("generator_predictions/"), DroppedReason.generator),
    .drop(.beginning("discriminator_predictions/"), DroppedReason.replacedTokens),
    .drop(.beginning("task_specific/"), DroppedReason.electraTask),
  ]
}
