/// The cyclic redundancy check with Castagnoli's polynomial, by which TensorFlow's and TensorBoard's
/// records are guarded.
///
/// Polynomial 1EDC6F41₁₆ over reflected bits, all ones before and inverted after. Source: RFC 3720,
/// §12.1 and appendix B.4.
public struct CRC32C: Sendable, Hashable {
  /// The effect of a byte with 0 to 7 bytes behind it, 256 entries each.
  ///
  /// Eight bytes are taken in at once, by one look into each table. Source: Kounavis and Berry, "A
  /// Systematic Approach to Building High Performance, Software-based, CRC Generators", 2005.
  private static let tables: [UInt32] = {
    var tables = (0..<256).map { index in
      (0..<8).reduce(UInt32(index)) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    for index in 256..<8 * 256 {
      let before = tables[index - 256]
      tables.append(before >> 8 ^ tables[Int(before & 0xFF)])
    }
    return tables
  }()

  private var register: UInt32 = .max

  /// The check of no bytes.
  public init() {}

  /// The check of all bytes of a sequence.
  public init(of bytes: some Sequence<UInt8>) {
    update(bytes)
  }

  /// The check of everything taken in so far.
  public var value: UInt32 { ~register }

  /// The check in the form in which it may itself lie among bytes that are checked.
  ///
  /// It is rotated right by 15 bits, plus A282EAD8₁₆. Source: TensorFlow, `tensorflow/core/lib/hash/crc32c.h`.
  public var maskedValue: UInt32 { (value >> 15 | value << 17) &+ 0xA282_EAD8 }

  /// Takes in more bytes.
  public mutating func update(_ bytes: some Sequence<UInt8>) {
    let done: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
    if done == nil { Array(bytes).withUnsafeBytes { update($0) } }
  }

  /// Takes in more bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    register = Self.tables.withUnsafeBufferPointer { tables in
      var register = register
      var offset = 0
      while offset &+ 8 <= bytes.count {
        let word =
          UInt64(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
          ^ UInt64(register)
        register = 0
        for place in 0..<8 {
          let byte = Int(truncatingIfNeeded: word >> UInt64(8 &* place)) & 0xFF
          register ^= tables[(7 &- place) &* 256 &+ byte]
        }
        offset &+= 8
      }
      while offset < bytes.count {
        let byte = start.load(fromByteOffset: offset, as: UInt8.self)
        register = register >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: register) ^ byte)]
        offset &+= 1
      }
      return register
    }
  }
}
