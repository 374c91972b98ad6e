import ArgumentParser
import TensorStorage

/// The types in which matrices can be stored, as the command line spells them.
enum StoredElementType: String, CaseIterable, ExpressibleByArgument {
  case f32
  case f16
  case bf16

  /// The same for the writers.
  var elementType: ElementType {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    }
  }
}
