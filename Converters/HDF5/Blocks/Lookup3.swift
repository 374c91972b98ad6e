/// Bob Jenkins's hash lookup3 in its little-endian form, the checksum of HDF5's newer structures.
///
/// Source: Jenkins, "lookup3.c" (2006), `hashlittle` with the initial value 0.
enum Lookup3 {
  /// The checksum of bytes.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var (a, b, c) = (UInt32(0), UInt32(0), UInt32(0))
    let start = 0xDEAD_BEEF &+ UInt32(truncatingIfNeeded: bytes.count)
    (a, b, c) = (start, start, start)
    var rest = bytes
    while rest.count > 12 {
      let triple = words(rest.prefix(12))
      (a, b, c) = (a &+ triple.0, b &+ triple.1, c &+ triple.2)
      mix(&a, &b, &c)
      rest = rest.dropFirst(12)
    }
    guard !rest.isEmpty else { return c }
    let triple = words(rest)
    (a, b, c) = (a &+ triple.0, b &+ triple.1, c &+ triple.2)
    finish(&a, &b, &c)
    return c
  }

  /// Up to twelve bytes as three words, zeros behind the last one.
  private static func words(_ bytes: ArraySlice<UInt8>) -> (UInt32, UInt32, UInt32) {
    var words = (UInt32(0), UInt32(0), UInt32(0))
    for (index, byte) in bytes.enumerated() {
      let part = UInt32(byte) << UInt32(8 * (index % 4))
      switch index / 4 {
      case 0: words.0 |= part
      case 1: words.1 |= part
      default: words.2 |= part
      }
    }
    return words
  }

  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word << count | word >> (32 - count)
  }

  private static func mix(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
    a = (a &- c) ^ rotated(c, 4)
    c = c &+ b
    b = (b &- a) ^ rotated(a, 6)
    a = a &+ c
    c = (c &- b) ^ rotated(b, 8)
    b = b &+ a
    a = (a &- c) ^ rotated(c, 16)
    c = c &+ b
    b = (b &- a) ^ rotated(a, 19)
    a = a &+ c
    c = (c &- b) ^ rotated(b, 4)
    b = b &+ a
  }

  private static func finish(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
    c = (c ^ b) &- rotated(b, 14)
    a = (a ^ c) &- rotated(c, 11)
    b = (b ^ a) &- rotated(a, 25)
    c = (c ^ b) &- rotated(b, 16)
    a = (a ^ c) &- rotated(c, 4)
    b = (b ^ a) &- rotated(a, 14)
    c = (c ^ b) &- rotated(b, 24)
  }
}
