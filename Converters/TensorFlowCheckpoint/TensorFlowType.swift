import TensorStorage

/// TensorFlow's numbers for element types.
///
/// Source: `tensorflow/core/framework/types.proto`.
enum TensorFlowType {
  private static let types: [Int64: ElementType] = [
    1: .f32, 2: .f64, 3: .i32, 4: .u8, 5: .i16, 6: .i8, 8: .c64, 9: .i64, 10: .bool, 14: .bf16,
    17: .u16, 19: .f16, 22: .u32, 23: .u64,
  ]

  /// Types that have no counterpart among numbers, by what they are.
  private static let others: [Int64: String] = [
    7: "text", 11: "8-bit quantised numbers", 12: "8-bit quantised numbers",
    13: "32-bit quantised numbers", 15: "16-bit quantised numbers",
    16: "16-bit quantised numbers", 18: "complex numbers", 20: "a resource", 21: "a variant",
  ]

  /// The element type of a number; `nil` when there is none.
  static func elementType(_ number: Int64) -> ElementType? { types[number] }

  /// What a tensor of another type holds; `nil` when the number is no type at all.
  static func description(_ number: Int64) -> String? { others[number] }

  /// The number of a type that checkpoints are written in.
  static func number(of type: ElementType) -> Int64? { types.first { $0.value == type }?.key }
}
