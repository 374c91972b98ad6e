import TensorStorage

/// Elements of any numeric type as `Double`, exactly except for integers beyond 2⁵³.
struct ElementNumbers {
  private let values: [Double]

  /// Decodes little-endian elements; `nil` for types that are not numbers of whole bytes.
  init?(_ bytes: [UInt8], _ type: ElementType) {
    switch type {
    case .f32, .f16, .bf16:
      var floats = [Float](repeating: 0, count: bytes.count / type.byteWidth)
      bytes.withUnsafeBytes { source in
        floats.withUnsafeMutableBufferPointer { type.decodeFloats(source, into: $0) }
      }
      values = floats.map(Double.init)
    case .f64:
      values = Self.load(bytes, UInt64.self) { Double(bitPattern: $0) }
    case .bool, .u8: values = bytes.map(Double.init)
    case .i8: values = bytes.map { Double(Int8(bitPattern: $0)) }
    case .u16: values = Self.load(bytes, UInt16.self) { Double($0) }
    case .i16: values = Self.load(bytes, Int16.self) { Double($0) }
    case .u32: values = Self.load(bytes, UInt32.self) { Double($0) }
    case .i32: values = Self.load(bytes, Int32.self) { Double($0) }
    case .u64: values = Self.load(bytes, UInt64.self) { Double($0) }
    case .i64: values = Self.load(bytes, Int64.self) { Double($0) }
    case .f4, .f6e2m3, .f6e3m2, .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz, .c64:
      return nil
    }
  }

  /// The element at that position.
  subscript(position: Int) -> Double { values[position] }

  private static func load<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: [UInt8], _: Bits.Type, _ value: (Bits) -> Double
  ) -> [Double] {
    let width = MemoryLayout<Bits>.size
    return bytes.withUnsafeBytes { raw in
      (0..<raw.count / width).map {
        value(Bits(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * width, as: Bits.self)))
      }
    }
  }
}
