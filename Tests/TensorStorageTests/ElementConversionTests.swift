import TensorStorage
import Testing

/// Decodes patterns through the public interface, from an odd address.
private func decode(_ type: ElementType, _ patterns: [UInt16]) -> [Float] {
  var bytes: [UInt8] = [0]
  for pattern in patterns {
    bytes += [UInt8(truncatingIfNeeded: pattern), UInt8(truncatingIfNeeded: pattern >> 8)]
  }
  var floats = [Float](repeating: 0, count: patterns.count)
  bytes.withUnsafeBytes { source in
    floats.withUnsafeMutableBufferPointer {
      type.decodeFloats(UnsafeRawBufferPointer(rebasing: source[1...]), into: $0)
    }
  }
  return floats
}

/// Encodes floats through the public interface, to an odd address.
private func encode(_ type: ElementType, _ floats: [Float]) -> [UInt16] {
  var bytes = [UInt8](repeating: 0, count: 1 + floats.count * 2)
  bytes.withUnsafeMutableBytes { target in
    floats.withUnsafeBufferPointer {
      type.encodeFloats($0, into: UnsafeMutableRawBufferPointer(rebasing: target[1...]))
    }
  }
  return floats.indices.map { UInt16(bytes[1 + 2 * $0]) | UInt16(bytes[2 + 2 * $0]) << 8 }
}

@Suite struct ElementConversionTests {
  private static let patterns = Array(UInt16.min...UInt16.max)

  /// The value of a pattern with that many exponent and mantissa bits, by the definition.
  private static func value(_ bits: UInt16, exponentBits: Int, mantissaBits: Int) -> Double {
    let exponent = Int(bits >> mantissaBits) & (1 << exponentBits - 1)
    let mantissa = Double(bits & (1 << mantissaBits - 1))
    let bias = 1 << (exponentBits - 1) - 1
    let unit = Double(sign: .plus, exponent: max(exponent, 1) - bias - mantissaBits, significand: 1)
    let magnitude: Double =
      if exponent == 1 << exponentBits - 1 {
        mantissa == 0 ? .infinity : .nan
      } else {
        ((exponent == 0 ? 0 : Double(1 << mantissaBits)) + mantissa) * unit
      }
    return bits >> 15 == 1 ? -magnitude : magnitude
  }

  @Test(arguments: [(ElementType.f16, 5, 10), (.bf16, 8, 7)])
  func `decodes each of the 65,536 patterns to its value by the definition`(
    type: ElementType, exponentBits: Int, mantissaBits: Int
  ) {
    let floats = decode(type, Self.patterns)
    let wrong = Self.patterns.filter { bits in
      let expected = Self.value(bits, exponentBits: exponentBits, mantissaBits: mantissaBits)
      let found = Double(floats[Int(bits)])
      if expected.isNaN { return !found.isNaN }
      return found != expected || found.sign != expected.sign
    }
    #expect(wrong == [])
  }

  @Test(arguments: [(ElementType.f16, UInt16(0x7C00), UInt16(0x0200)), (.bf16, 0x7F80, 0x0040)])
  func `encodes each decoded pattern back to itself, and makes a signalling NaN quiet`(
    type: ElementType, infinity: UInt16, quietBit: UInt16
  ) {
    let encoded = encode(type, decode(type, Self.patterns))
    let wrong = Self.patterns.filter { bits in
      let isNaN = bits & 0x7FFF > infinity
      return encoded[Int(bits)] != (isNaN ? bits | quietBit : bits)
    }
    #expect(wrong == [])
  }

  // Between two neighbours the midpoint is a float exactly: it goes to the even pattern, the floats
  // beside it go to the nearer one. This covers every rounding decision there is.
  @Test(arguments: [(ElementType.f16, UInt16(0x7BFF)), (.bf16, 0x7F7F)])
  func `rounds to nearest, ties to even, between any two neighbours`(
    type: ElementType, largest: UInt16
  ) {
    let below = Array(0..<largest)
    let values = decode(type, Array(0...largest))
    let midpoints = below.map {
      Float((Double(values[Int($0)]) + Double(values[Int($0) + 1])) / 2)
    }
    for (sign, signBit) in [(Float(1), UInt16(0)), (-1, 0x8000)] {
      let even = encode(type, midpoints.map { sign * $0 })
      let lower = encode(type, midpoints.map { sign * $0.nextDown })
      let upper = encode(type, midpoints.map { sign * $0.nextUp })
      let wrong = below.filter { bits in
        let place = Int(bits)
        return even[place] != signBit | (bits + bits & 1) || lower[place] != signBit | bits
          || upper[place] != signBit | (bits + 1)
      }
      #expect(wrong == [])
    }
  }

  @Test func `encodes what is too large as infinity, from half a step beyond the largest on`() {
    #expect(
      encode(.f16, [65504, 65519.996, 65520, 65536, 1e30]) == [
        0x7BFF, 0x7BFF, 0x7C00, 0x7C00, 0x7C00,
      ])
    #expect(encode(.f16, [-65520, -.infinity, .infinity]) == [0xFC00, 0xFC00, 0x7C00])
    #expect(encode(.bf16, [Float.greatestFiniteMagnitude, -.infinity]) == [0x7F80, 0xFF80])
  }

  @Test func `encodes what is too small as a zero with its sign`() {
    #expect(
      encode(.f16, [0x1p-25, -0x1p-25, 0x1.8p-25, .leastNonzeroMagnitude, -0.0]) == [
        0, 0x8000, 1, 0, 0x8000,
      ])
    #expect(encode(.bf16, [-.leastNonzeroMagnitude, -0.0]) == [0x8000, 0x8000])
  }

  @Test func `keeps a NaN a NaN whose payload lies in the bits that go`() {
    let encoded = [Float(bitPattern: 0x7F80_0001), Float(bitPattern: 0xFF80_0001)]
    #expect(encode(.f16, encoded) == [0x7E00, 0xFE00])
    #expect(encode(.bf16, encoded) == [0x7FC0, 0xFFC0])
  }

  #if !(os(macOS) && arch(x86_64))
    @Test func `agrees with the language's own Float16 over floats of every exponent`() {
      var state: UInt32 = 1
      let floats = (0..<100_000).map { _ -> Float in
        state = state &* 1_664_525 &+ 1_013_904_223
        return Float(bitPattern: state ^ state >> 15)
      }.filter { !$0.isNaN }
      let encoded = encode(.f16, floats)
      let wrong = floats.indices.filter { encoded[$0] != Float16(floats[$0]).bitPattern }
      #expect(wrong == [])
    }
  #endif

  @Test func `rounds doubles to floats and copies floats as they are`() {
    let doubles: [Double] = [0.1, -1e300, 1e-300, .infinity, 3]
    var floats = [Float](repeating: 0, count: doubles.count)
    doubles.withUnsafeBytes { source in
      floats.withUnsafeMutableBufferPointer { ElementType.f64.decodeFloats(source, into: $0) }
    }
    #expect(floats == [0.1, -.infinity, 0, .infinity, 3])

    let originals = [Float(0.1), -0.0, Float(bitPattern: 0x7FA0_0001), .leastNonzeroMagnitude]
    var bytes = [UInt8](repeating: 0, count: 16)
    var copies = [Float](repeating: 1, count: 4)
    bytes.withUnsafeMutableBytes { target in
      originals.withUnsafeBufferPointer { ElementType.f32.encodeFloats($0, into: target) }
    }
    bytes.withUnsafeBytes { source in
      copies.withUnsafeMutableBufferPointer { ElementType.f32.decodeFloats(source, into: $0) }
    }
    #expect(copies.map(\.bitPattern) == originals.map(\.bitPattern))
  }

  @Test(arguments: [ElementType.f32, .f16, .bf16, .f64])
  func `does nothing with no elements`(type: ElementType) {
    type.decodeFloats(
      UnsafeRawBufferPointer(start: nil, count: 0),
      into: UnsafeMutableBufferPointer(start: nil, count: 0))
  }

  @Test func `traps when the caller's sizes differ or the type holds no floats`() async {
    await #expect(processExitsWith: .failure) {
      var floats: [Float] = [0, 0]
      let bytes: [UInt8] = [0, 0]
      bytes.withUnsafeBytes { source in
        floats.withUnsafeMutableBufferPointer { ElementType.f16.decodeFloats(source, into: $0) }
      }
    }
    await #expect(processExitsWith: .failure) {
      var floats: [Float] = [0]
      let bytes: [UInt8] = [0, 0, 0, 0]
      bytes.withUnsafeBytes { source in
        floats.withUnsafeMutableBufferPointer { ElementType.i32.decodeFloats(source, into: $0) }
      }
    }
  }
}
