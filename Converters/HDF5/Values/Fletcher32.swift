/// Fletcher's checksum as HDF5's filter computes it: over 16-bit words, the first byte the higher.
///
/// Source: Fletcher, "An arithmetic checksum for serial transmissions" (1982), modulo 2¹⁶ − 1; a byte
/// left over counts as the higher half of a word, and a sum that is a multiple of 2¹⁶ − 1 but not 0
/// is written as 2¹⁶ − 1.
enum Fletcher32 {
  /// The checksum of bytes.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var (first, second) = (UInt64(0), UInt64(0))
    for start in stride(from: 0, to: bytes.count, by: 2) {
      let low = start + 1 < bytes.count ? UInt64(bytes[start + 1]) : 0
      first = (first + (UInt64(bytes[start]) << 8 | low)) % 65535
      second = (second + first) % 65535
    }
    guard bytes.contains(where: { $0 != 0 }) else { return 0 }
    return UInt32((second == 0 ? 65535 : second) << 16 | (first == 0 ? 65535 : first))
  }
}
