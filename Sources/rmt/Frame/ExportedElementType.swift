import ArgumentParser
import TensorStorage

/// The types in which an export can store matrices, as the command line spells them.
enum ExportedElementType: String, CaseIterable, ExpressibleByArgument {
  case f32
  case f16
  case bf16
  /// Blocks of small integers with a scale, in GGUF files alone.
  case q8_0

  /// The same for the writers; `nil` where they choose by themselves.
  var elementType: ElementType? {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    case .q8_0: nil
    }
  }
}
