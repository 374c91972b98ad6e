import TensorStorage

/// ONNX's numbers for element types.
///
/// Source: onnx, `onnx.proto`, TensorProto.DataType.
enum ONNXElementType {
  private static let types: [Int64: ElementType] = [
    1: .f32, 2: .u8, 3: .i8, 4: .u16, 5: .i16, 6: .i32, 7: .i64, 9: .bool, 10: .f16, 11: .f64,
    12: .u32, 13: .u64, 14: .c64, 16: .bf16, 17: .f8e4m3, 18: .f8e4m3fnuz, 19: .f8e5m2,
    20: .f8e5m2fnuz,
  ]

  /// The element type of a number; `nil` for text, for numbers below a byte, and for no type at all.
  static func elementType(_ number: Int64) -> ElementType? { types[number] }
}
