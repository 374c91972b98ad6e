internal import CZlib

/// The checksum of zip archives: CRC-32 with the polynomial 04C11DB7₁₆ over reflected bits.
package enum ZipChecksum {
  /// The checksum of bytes that follow others; of the first ones after 0.
  package static func value(of bytes: UnsafeRawBufferPointer, after checksum: UInt32) -> UInt32 {
    guard let base = bytes.baseAddress else { return checksum }
    return UInt32(
      truncatingIfNeeded: crc32_z(
        uLong(checksum), base.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}
