import TensorStorage

/// The value of an HDF5 attribute, scalars as arrays of one.
public enum HDF5Attribute: Sendable, Hashable {
  /// Text, of variable or fixed length.
  case strings([String])
  /// Integers of any width.
  case integers([Int])
  /// Floating-point numbers of any width.
  case floats([Double])
  /// A type that is not read here.
  case other

  /// An attribute larger than this is refused.
  static let maximumByteCount = 1 << 26

  /// The texts; an empty array of any type has none, for that is how an empty list is written.
  public var strings: [String]? {
    switch self {
    case .strings(let strings): strings
    case .integers(let numbers): numbers.isEmpty ? [] : nil
    case .floats(let numbers): numbers.isEmpty ? [] : nil
    case .other: nil
    }
  }

  /// Numbers from the little-endian bytes of each; integers beyond `Int` come as ``other``.
  init(numbers: [[UInt8]], of type: ElementType) {
    let patterns = numbers.map { $0.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    switch type {
    case .f16, .bf16, .f32, .f64:
      self = .floats(zip(numbers, patterns).map { Self.double($0, $1, type) })
    case .u8, .u16, .u32, .bool: self = .integers(patterns.map { Int($0) })
    case .i8: self = .integers(patterns.map { Int(Int8(truncatingIfNeeded: $0)) })
    case .i16: self = .integers(patterns.map { Int(Int16(truncatingIfNeeded: $0)) })
    case .i32: self = .integers(patterns.map { Int(Int32(truncatingIfNeeded: $0)) })
    case .i64: self = .integers(patterns.map { Int(Int64(truncatingIfNeeded: $0)) })
    case .u64:
      let integers = patterns.compactMap { Int(exactly: $0) }
      self = integers.count == patterns.count ? .integers(integers) : .other
    default: self = .other
    }
  }

  private static func double(_ bytes: [UInt8], _ pattern: UInt64, _ type: ElementType) -> Double {
    if type == .f64 { return Double(bitPattern: pattern) }
    var value: Float = 0
    bytes.withUnsafeBytes { source in
      withUnsafeMutablePointer(to: &value) {
        type.decodeFloats(source, into: UnsafeMutableBufferPointer(start: $0, count: 1))
      }
    }
    return Double(value)
  }
}
