/// Conversions between the floating-point types on disk and `Float`, exact where the target can
/// hold the value and rounded to nearest, ties to even, where it cannot.
extension ElementType {
  /// Decodes little-endian elements into floats.
  ///
  /// `source` holds `destination.count` elements of this type, which must be floating-point.
  /// `f16` and `bf16` decode exactly; `f64` is rounded.
  public func decodeFloats(
    _ source: UnsafeRawBufferPointer, into destination: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(source.count == destination.count * byteWidth, "source and destination differ")
    guard let target = destination.baseAddress, let bytes = source.baseAddress else { return }
    let count = destination.count
    switch self {
    case .f32:
      UnsafeMutableRawPointer(target).copyMemory(from: bytes, byteCount: count * 4)
    case .bf16:
      for index in 0..<count {
        let bits = bytes.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
        target[index] = Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
      }
    case .f16:
      for index in 0..<count {
        let bits = bytes.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
        target[index] = Self.float(fromHalfBits: UInt16(littleEndian: bits))
      }
    case .f64:
      for index in 0..<count {
        let bits = bytes.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self)
        target[index] = Float(Double(bitPattern: UInt64(littleEndian: bits)))
      }
    default:
      preconditionFailure("\(self) is not a floating-point type")
    }
  }

  /// Encodes floats as little-endian elements of this type: `f32`, `f16` or `bf16`.
  ///
  /// Rounds to nearest, ties to even; beyond the largest finite value comes infinity; NaN stays NaN.
  public func encodeFloats(
    _ source: UnsafeBufferPointer<Float>, into destination: UnsafeMutableRawBufferPointer
  ) {
    precondition(destination.count == source.count * byteWidth, "source and destination differ")
    guard let values = source.baseAddress, let target = destination.baseAddress else { return }
    let count = source.count
    switch self {
    case .f32:
      target.copyMemory(from: values, byteCount: count * 4)
    case .bf16:
      for index in 0..<count {
        let bits = Self.bfloatBits(from: values[index]).littleEndian
        target.storeBytes(of: bits, toByteOffset: index &* 2, as: UInt16.self)
      }
    case .f16:
      for index in 0..<count {
        let bits = Self.halfBits(from: values[index]).littleEndian
        target.storeBytes(of: bits, toByteOffset: index &* 2, as: UInt16.self)
      }
    default:
      preconditionFailure("\(self) is not a type that floats are written as")
    }
  }

  /// The value of an IEEE 754 binary16 pattern, exactly.
  @inlinable
  static func float(fromHalfBits bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7FFF)
    if magnitude >= 0x7C00 {  // infinity and NaN keep their payload
      return Float(bitPattern: sign | 0x7F80_0000 | (magnitude & 0x3FF) << 13)
    }
    // Scaling by 2¹¹² places the exponent, and turns subnormal halves into normal floats.
    let scaled = Float(bitPattern: magnitude << 13) * Float(bitPattern: 0x7780_0000)
    return Float(bitPattern: scaled.bitPattern | sign)
  }

  /// The nearest IEEE 754 binary16 pattern.
  @inlinable
  static func halfBits(from value: Float) -> UInt16 {
    let bits = value.bitPattern
    let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
    let magnitude = bits & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 {  // NaN: quiet, top payload bits kept
      return sign | 0x7E00 | UInt16(truncatingIfNeeded: (magnitude >> 13) & 0x3FF)
    }
    if magnitude >= 0x4780_0000 { return sign | 0x7C00 }  // 65,536 and above
    if magnitude < 0x3880_0000 {
      // Below 2⁻¹⁴ the half is subnormal: adding 0.5 lines its last place up with the float's.
      let shifted = Float(bitPattern: magnitude) + 0.5
      return sign | UInt16(truncatingIfNeeded: shifted.bitPattern &- 0x3F00_0000)
    }
    let rounded = magnitude &+ 0xFFF &+ ((magnitude >> 13) & 1)
    return sign | UInt16(truncatingIfNeeded: (rounded &- 0x3800_0000) >> 13)
  }

  /// The nearest bfloat16 pattern.
  @inlinable
  static func bfloatBits(from value: Float) -> UInt16 {
    let bits = value.bitPattern
    if bits & 0x7FFF_FFFF > 0x7F80_0000 {
      return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040
    }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
  }
}
