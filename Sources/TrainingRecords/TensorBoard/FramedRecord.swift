import TensorStorage

/// A record of a TFRecord file: its length, its bytes, a masked CRC-32C of each.
///
///     u64 length · u32 mask(crc(length)) · bytes · u32 mask(crc(bytes)),  all little-endian
///     mask(c) = (c rotated right by 15) + A282EAD8₁₆
///
/// Source: TensorFlow, "TFRecord and tf.train.Example".
enum FramedRecord {
  /// The record around a payload.
  static func bytes(around payload: [UInt8]) -> [UInt8] {
    var length: [UInt8] = []
    append(UInt64(payload.count), to: &length)
    var record = length
    record.reserveCapacity(payload.count + 16)
    append(CRC32C(of: length).maskedValue, to: &record)
    record += payload
    append(CRC32C(of: payload).maskedValue, to: &record)
    return record
  }

  private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
