import TensorStorage

/// A type of elements as PyTorch names it, also where nothing here can hold it.
struct TorchElement: Sendable, Hashable {
  /// The name of the dtype, such as `float32`.
  let name: String
  /// Bytes of an element.
  let byteWidth: Int
  /// The same type here; `nil` when there is none.
  let type: ElementType?

  private init(_ name: String, _ type: ElementType) {
    self.name = name
    byteWidth = type.byteWidth
    self.type = type
  }

  private init(_ name: String, unsupportedOfByteWidth byteWidth: Int) {
    self.name = name
    self.byteWidth = byteWidth
    type = nil
  }

  /// Every dtype that is known, under its own name.
  static let byName: [String: TorchElement] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The class of a storage of such elements, where there is one.
  static let byStorageClass: [String: TorchElement] = [
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32",
    "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8", "BoolStorage": "bool",
    "ComplexFloatStorage": "complex64", "ComplexDoubleStorage": "complex128",
  ].compactMapValues { byName[$0] }

  private static let all = [
    TorchElement("float64", .f64), TorchElement("float32", .f32), TorchElement("float16", .f16),
    TorchElement("bfloat16", .bf16), TorchElement("int64", .i64), TorchElement("int32", .i32),
    TorchElement("int16", .i16), TorchElement("int8", .i8), TorchElement("uint64", .u64),
    TorchElement("uint32", .u32), TorchElement("uint16", .u16), TorchElement("uint8", .u8),
    TorchElement("bool", .bool), TorchElement("complex64", .c64),
    TorchElement("float8_e4m3fn", .f8e4m3), TorchElement("float8_e5m2", .f8e5m2),
    TorchElement("float8_e4m3fnuz", .f8e4m3fnuz), TorchElement("float8_e5m2fnuz", .f8e5m2fnuz),
    TorchElement("float8_e8m0fnu", .f8e8m0),
    TorchElement("complex32", unsupportedOfByteWidth: 4),
    TorchElement("complex128", unsupportedOfByteWidth: 16),
  ]
}
