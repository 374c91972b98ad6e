import ModelSchema
import TensorStorage

extension ParameterDescription {
  /// The types in which parameters may be stored.
  package static let storedElementTypes: [ElementType] = [.f32, .f16, .bf16]

  /// The type in which this parameter is stored when matrices and tables are stored as `matrices`.
  ///
  /// Vectors and memory stay f32: they take next to no room, and rounding them costs accuracy.
  package func storedElementType(matrices: ElementType) -> ElementType {
    switch role {
    case .embedding, .weight: matrices
    case .bias, .gain, .normBias, .memory: .f32
    }
  }
}
