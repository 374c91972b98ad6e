import ModelSchema

extension Dialect {
  /// The variables of Google's own BERT: `bert/encoder/layer_0/attention/self/query/kernel`.
  ///
  /// Kernels are `[in, out]`. The head that `run_classifier` adds is called `output_weights` and lies
  /// as in PyTorch, and so does the weight of next-sentence prediction. Source: google-research/bert,
  /// `modeling.py`, `run_pretraining.py`, `run_classifier.py`.
  package static let tensorFlowVariables = Dialect(
    name: "tensorflow-variables",
    unwrap: { $0.hasPrefix("bert/") ? String($0.dropFirst("bert/".count)) : $0 },
    spell: spellVariable, rules: variableRules, layerNumber: number(behind: "encoder/layer_"))

  @Sendable
  private static func spellVariable(_ parameter: ParameterDescription) -> [Spelling] {
    switch parameter.name {
    case "classifier.weight": return [Spelling("output_weights")]
    case "classifier.bias": return [Spelling("output_bias")]
    case "cls.predictions.bias": return [Spelling("cls/predictions/output_bias")]
    default: break
    }
    let path = parameter.name.split(separator: ".").dropLast().joined(separator: "/")
      .replacing("encoder/layer/", with: "encoder/layer_")
    return switch parameter.role {
    case .embedding: [Spelling(path)]
    case .weight: [Spelling("\(path)/kernel", .transposed)]
    case .bias: [Spelling("\(path)/bias")]
    case .gain: [Spelling("\(path)/gamma")]
    case .normBias: [Spelling("\(path)/beta")]
    case .memory: []
    }
  }

  private static let variableRules: [TensorRule] = [
    .drop(.ending("/adam_m"), DroppedReason.optimizer),
    .drop(.ending("/adam_v"), DroppedReason.optimizer),
    .drop(.exactly("global_step"), DroppedReason.stepCount),
    .drop(.beginning("cls/predictions/"), DroppedReason.maskedLanguageModel),
    .drop(.beginning("cls/seq_relationship/"), DroppedReason.nextSentence),
    .drop(.beginning("cls/squad/"), DroppedReason.questionAnswering),
  ]
}
