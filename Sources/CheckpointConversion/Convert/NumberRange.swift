import TensorStorage

/// Keeps finite numbers finite: a weight that turns into infinity on the way is an error.
enum NumberRange {
  /// The smallest magnitude that `encodeFloats` rounds to infinity.
  static func limit(of type: ElementType) -> Float {
    switch type {
    case .f16: 65_520
    case .bf16: Float(bitPattern: 0x7F7F_8000)
    default: .infinity
    }
  }

  /// Checks that `type` can hold every finite number.
  ///
  /// - Throws: ``ConversionError/overflow(path:tensor:value:type:)`` with the first that is too large.
  static func check(
    _ floats: UnsafeBufferPointer<Float>, as type: ElementType, path: String, tensor: String
  ) throws {
    let limit = limit(of: type)
    guard limit < .infinity else { return }
    for value in floats where value.magnitude >= limit && value.isFinite {
      throw ConversionError.overflow(path: path, tensor: tensor, value: Double(value), type: type)
    }
  }

  /// Checks that no double of a source became infinite as a float.
  static func checkDecoded(
    _ floats: UnsafeMutableBufferPointer<Float>, from bytes: UnsafeRawBufferPointer,
    of tensor: TensorDescription, in source: any TensorSource
  ) throws {
    guard tensor.elementType == .f64 else { return }
    for index in floats.indices where floats[index].isInfinite {
      let bits = bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
      let value = Double(bitPattern: UInt64(littleEndian: bits))
      guard value.isInfinite else {
        throw ConversionError.overflow(
          path: source.sourcePaths.first ?? "", tensor: tensor.name, value: value, type: .f32)
      }
    }
  }
}
