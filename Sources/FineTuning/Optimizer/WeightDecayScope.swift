import ModelSchema

/// Which parameters weight decay pulls towards zero.
public enum WeightDecayScope: String, Sendable, CaseIterable {
  /// All of them; the paper's choice.
  case all
  /// Tables, matrices and memory, but no bias and no LayerNorm.
  case matrices

  /// Whether a parameter decays.
  package func includes(_ role: ParameterDescription.Role) -> Bool {
    switch (self, role) {
    case (.all, _), (.matrices, .embedding), (.matrices, .weight), (.matrices, .memory): true
    case (.matrices, .bias), (.matrices, .gain), (.matrices, .normBias): false
    }
  }
}
