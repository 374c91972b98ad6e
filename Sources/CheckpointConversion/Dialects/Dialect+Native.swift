import ModelSchema

extension Dialect {
  /// The names of the native weight file itself, whose tokenizer tensors travel another way.
  package static let native = Dialect(
    name: "native", unwrap: { $0 }, spell: { [Spelling($0.name)] },
    rules: [.drop(.beginning("tokenizer."), "the tokenizer, which is taken over as a whole")],
    layerNumber: number(behind: "encoder.layer."))
}
