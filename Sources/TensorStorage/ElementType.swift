/// What one element of a tensor is.
///
/// Native files hold `f32`, `f16`, `bf16`, `i8`, `i32`, `i64` and `u8`; the others occur in foreign
/// files, where a tensor that no model needs may still have to be listed, measured and skipped.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  case bool
  case f4
  case f6e2m3
  case f6e3m2
  case u8
  case i8
  case f8e5m2
  case f8e4m3
  case f8e8m0
  case f8e4m3fnuz
  case f8e5m2fnuz
  case i16
  case u16
  case f16
  case bf16
  case i32
  case u32
  case f32
  case c64
  case f64
  case i64
  case u64

  /// Bits an element takes on disk.
  public var bitWidth: Int {
    switch self {
    case .f4: 4
    case .f6e2m3, .f6e3m2: 6
    case .bool, .u8, .i8, .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz: 8
    case .i16, .u16, .f16, .bf16: 16
    case .i32, .u32, .f32: 32
    case .c64, .f64, .i64, .u64: 64
    }
  }

  /// Bytes an element takes; for the sub-byte types, which no model here uses, the bits rounded up.
  public var byteWidth: Int { (bitWidth + 7) / 8 }

  /// Whether elements can be read as `Float` by ``decodeFloats(_:into:)``.
  public var isFloatingPoint: Bool { self == .f32 || self == .f16 || self == .bf16 || self == .f64 }
}
