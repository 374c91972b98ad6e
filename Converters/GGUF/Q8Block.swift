import TensorStorage

/// The quantisation Q8_0: 32 numbers as a half-precision scale d and integers q, x ≈ d·q.
///
/// d = max |x| / 127 and q = x / d rounded to nearest, halves away from zero; d is rounded to half
/// precision after that. Source: gguf-py 0.19, `quants.py`, whose bits these are.
package enum Q8Block {
  private static let elementCount = GGMLType.q8_0.elementsPerBlock
  private static let byteCount = GGMLType.q8_0.bytesPerBlock

  /// Decodes whole blocks; exact.
  static func decode(
    _ source: UnsafeRawBufferPointer, into destination: UnsafeMutableBufferPointer<Float>
  ) {
    let blockCount = source.count / byteCount
    var scales = [Float](repeating: 0, count: blockCount)
    let bits = (0..<blockCount).flatMap { [source[$0 * byteCount], source[$0 * byteCount + 1]] }
    bits.withUnsafeBytes { bits in
      scales.withUnsafeMutableBufferPointer { ElementType.f16.decodeFloats(bits, into: $0) }
    }
    for block in 0..<blockCount {
      let scale = scales[block]
      for index in 0..<elementCount {
        let integer = Int8(bitPattern: source[block &* byteCount &+ 2 &+ index])
        destination[block &* elementCount &+ index] = scale * Float(integer)
      }
    }
  }

  /// The scale of a block whose largest magnitude is a number's, before it is rounded to half
  /// precision.
  package static func scale(of number: Float) -> Float { number.magnitude / 127 }

  /// Encodes numbers that make whole blocks.
  ///
  /// A block with a number whose ``scale(of:)`` half precision does not hold has no finite numbers.
  package static func encode(_ numbers: UnsafeBufferPointer<Float>) -> [UInt8] {
    precondition(numbers.count.isMultiple(of: elementCount), "Q8_0 is made of whole blocks")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count / elementCount * byteCount)
    for start in stride(from: 0, to: numbers.count, by: elementCount) {
      let block = numbers[start..<start + elementCount]
      let scale = scale(of: block.reduce(0) { max($0, $1.magnitude) })
      let inverse = scale == 0 ? 0 : 1 / scale
      withUnsafeBytes(of: scale) { scale in
        var half: (UInt8, UInt8) = (0, 0)
        withUnsafeMutableBytes(of: &half) {
          ElementType.f16.encodeFloats(scale.assumingMemoryBound(to: Float.self), into: $0)
        }
        bytes += [half.0, half.1]
      }
      for number in block {
        let rounded = (number * inverse).rounded(.toNearestOrAwayFromZero)
        bytes.append(UInt8(bitPattern: Int8(max(-127, min(127, rounded.isNaN ? 0 : rounded)))))
      }
    }
    return bytes
  }
}
