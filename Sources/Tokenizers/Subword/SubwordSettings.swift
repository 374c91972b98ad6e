/// How a subword tokenizer treats text before its model cuts words.
package struct SubwordSettings: Sendable, Hashable {
  /// What becomes of the text's characters.
  package var normalization: TextNormalization
  /// How it is cut into words.
  package var preTokenization: PreTokenization
  /// The five tokens with a role, as they are spelt.
  package var specialTokens: SpecialTokenNames
  /// Tokens that are found in the text as they are spelt.
  package var literals: [LiteralToken]

  /// Settings with every value given.
  package init(
    normalization: TextNormalization, preTokenization: PreTokenization,
    specialTokens: SpecialTokenNames, literals: [LiteralToken]
  ) {
    self.normalization = normalization
    self.preTokenization = preTokenization
    self.specialTokens = specialTokens
    self.literals = literals
  }
}
