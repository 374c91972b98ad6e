/// The cyclic redundancy check with Castagnoli's polynomial, by which TensorFlow's and TensorBoard's
/// records are guarded.
///
/// Polynomial 1EDC6F41₁₆ over reflected bits, all ones before and inverted after. Source: RFC 3720,
/// §12.1 and appendix B.4.
public struct CRC32C: Sendable, Hashable {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? 0x82F6_3B78 : 0) }
  }

  private var register: UInt32 = .max

  /// The check of no bytes.
  public init() {}

  /// The check of all bytes of a sequence.
  public init(of bytes: some Sequence<UInt8>) {
    update(bytes)
  }

  /// The check of everything taken in so far.
  public var value: UInt32 { ~register }

  /// Takes in more bytes.
  public mutating func update(_ bytes: some Sequence<UInt8>) {
    let table = Self.table
    var register = register
    for byte in bytes {
      register = register >> 8 ^ table[Int(UInt8(truncatingIfNeeded: register) ^ byte)]
    }
    self.register = register
  }
}
