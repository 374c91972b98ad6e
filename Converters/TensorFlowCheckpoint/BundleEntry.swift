import ProtocolBuffers
import TensorStorage

/// What an index says of a tensor: type, shape, and where its bytes lie.
///
/// Source: `tensorflow/core/protobuf/tensor_bundle.proto`, BundleEntryProto, and
/// `tensorflow/core/framework/tensor_shape.proto`. A field that is 0 is left out.
struct BundleEntry {
  /// The number of the type in TensorFlow's enumeration.
  private(set) var type: Int64 = 0
  private(set) var dimensions: [Int64] = []
  private(set) var shard: Int64 = 0
  private(set) var offset: Int64 = 0
  private(set) var byteCount: Int64 = 0
  /// The masked CRC-32C of the tensor's bytes as they lie in the file.
  private(set) var check: UInt32 = 0
  /// Whether the tensor lies in pieces under names of their own.
  private(set) var isPartitioned = false
  private(set) var hasUnknownRank = false

  /// Reads the message.
  ///
  /// - Throws: `ProtocolBufferError`.
  init(_ message: [UInt8], file: String) throws {
    var reader = ProtocolBufferReader(message, path: file)
    try reader.read(reader.whole) { reader, field in
      switch field.number {
      case 1: type = try field.integer(in: file)
      case 2: try readShape(field.part(in: file), &reader)
      case 3: shard = try field.integer(in: file)
      case 4: offset = try field.integer(in: file)
      case 5: byteCount = try field.integer(in: file)
      case 6: check = try field.fixed32(in: file)
      case 7: isPartitioned = true
      default: break
      }
    }
  }

  private mutating func readShape(
    _ part: Range<Int>, _ reader: inout ProtocolBufferReader
  ) throws {
    let file = reader.path
    try reader.read(part) { reader, field in
      switch field.number {
      case 2:
        var size: Int64 = 0
        try reader.read(field.part(in: file)) { _, field in
          if field.number == 1 { size = try field.integer(in: file) }
        }
        dimensions.append(size)
      case 3: hasUnknownRank = try field.integer(in: file) != 0
      default: break
      }
    }
  }
}
