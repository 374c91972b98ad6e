/// A message of protocol buffers, built field by field.
///
/// A field is a key, number·8 + wire type, and a value. Fields are written in the order of the calls;
/// by their numbers, as the reference implementations do, the bytes are theirs. Source: the Protocol
/// Buffers encoding, protobuf.dev/programming-guides/encoding.
package struct ProtocolBufferMessage: Sendable {
  /// What has been added so far.
  package private(set) var bytes: [UInt8] = []

  /// A message without fields.
  package init() {}

  /// Adds an integer; a negative one takes ten bytes, as `int64` does.
  package mutating func add(_ value: Int, field: Int) {
    key(field, .varint)
    bytes += Self.varint(UInt64(bitPattern: Int64(value)))
  }

  /// Adds a `double`.
  package mutating func add(_ value: Double, field: Int) {
    key(field, .fixed64)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Adds a `float`.
  package mutating func add(_ value: Float, field: Int) {
    key(field, .fixed32)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Adds a `fixed32`.
  package mutating func add(fixed32 value: UInt32, field: Int) {
    key(field, .fixed32)
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Adds a `string`.
  package mutating func add(_ value: String, field: Int) { add(Array(value.utf8), field: field) }

  /// Adds a message.
  package mutating func add(_ value: ProtocolBufferMessage, field: Int) {
    add(value.bytes, field: field)
  }

  /// Adds `bytes`.
  package mutating func add(_ value: [UInt8], field: Int) {
    key(field, .lengthDelimited)
    bytes += Self.varint(UInt64(value.count)) + value
  }

  private mutating func key(_ field: Int, _ type: ProtocolBufferWireType) {
    bytes += Self.varint(UInt64(field) << 3 | type.rawValue)
  }

  /// Seven bits a byte, the lowest first; the highest bit says that more follow.
  package static func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
