internal import CHDF5

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

  /// What the shim returned; `nil` when text is not UTF-8.
  init?(kind: Int32, count: Int, bytes: [UInt8]) {
    switch rmt_hdf5_attribute_kind(UInt32(kind)) {
    case RMT_HDF5_ATTRIBUTE_STRINGS:
      var strings: [String] = []
      // One more than the strings: nothing follows the last NUL.
      for item in bytes.split(separator: 0, omittingEmptySubsequences: false).prefix(count) {
        guard let string = String(validating: item, as: UTF8.self) else { return nil }
        strings.append(string)
      }
      self = .strings(strings)
    case RMT_HDF5_ATTRIBUTE_INTEGERS:
      self = .integers(Self.numbers(bytes, count, Int64.self).map(Int.init))
    case RMT_HDF5_ATTRIBUTE_FLOATS:
      self = .floats(Self.numbers(bytes, count, Double.self))
    default: self = .other
    }
  }

  private static func numbers<Number: BitwiseCopyable>(
    _ bytes: [UInt8], _ count: Int, _ type: Number.Type
  ) -> [Number] {
    bytes.withUnsafeBytes { buffer in
      (0..<count).map { buffer.loadUnaligned(fromByteOffset: $0 * 8, as: type) }
    }
  }
}
