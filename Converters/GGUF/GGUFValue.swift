/// A value of a GGUF file's metadata.
public enum GGUFValue: Sendable, Hashable {
  /// Of type u8, u16, u32 or u64.
  case unsigned(UInt64)
  /// Of type i8, i16, i32 or i64.
  case signed(Int64)
  /// Of type f32 or f64.
  case number(Double)
  case bool(Bool)
  case string(String)
  /// Values of one type, none of them arrays.
  case array([GGUFValue])

  /// A whole number that fits.
  public var integer: Int? {
    switch self {
    case .unsigned(let value): Int(exactly: value)
    case .signed(let value): Int(exactly: value)
    default: nil
    }
  }

  /// A number.
  public var double: Double? {
    if case .number(let value) = self { value } else { integer.map(Double.init) }
  }

  /// True or false.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// A text.
  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The values of an array.
  public var array: [GGUFValue]? {
    if case .array(let values) = self { values } else { nil }
  }
}

/// The numbers of the types of metadata.
///
/// Source: ggml, `docs/gguf.md`.
enum GGUFValueType: UInt32 {
  case uint8 = 0
  case int8
  case uint16
  case int16
  case uint32
  case int32
  case float32
  case bool
  case string
  case array
  case uint64
  case int64
  case float64

  /// The fewest bytes that a value takes.
  var smallestByteCount: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .string, .uint64, .int64, .float64: 8
    case .array: 12
    }
  }
}
