import ProtocolBuffers

/// The value of the empty key of an index: how many data files there are, and their byte order.
///
/// Source: `tensorflow/core/protobuf/tensor_bundle.proto`, BundleHeaderProto and VersionDef.
struct BundleHeader {
  /// The version of the format that is read here.
  static let version = 1
  /// More data files than any checkpoint has.
  static let maximumShardCount = 99_999

  let shardCount: Int
  let isBigEndian: Bool

  /// Reads the message.
  ///
  /// - Throws: ``TensorFlowCheckpointError``, ``ProtocolBufferError``.
  init(_ message: [UInt8], file: String) throws {
    var shardCount: Int64 = 0
    var byteOrder: Int64 = 0
    var oldestReader: Int64 = 0
    var reader = ProtocolBufferReader(message, path: file)
    try reader.read(reader.whole) { reader, field in
      switch field.number {
      case 1: shardCount = try field.integer(in: file)
      case 2: byteOrder = try field.integer(in: file)
      case 3:
        try reader.read(field.part(in: file)) { _, field in
          if field.number == 2 { oldestReader = try field.integer(in: file) }
        }
      default: break
      }
    }
    guard oldestReader <= Self.version else {
      throw TensorFlowCheckpointError(.newerVersion(oldestReader), file: file)
    }
    guard (1...Int64(Self.maximumShardCount)).contains(shardCount) else {
      throw TensorFlowCheckpointError(.shardCount(shardCount), file: file)
    }
    guard (0...1).contains(byteOrder) else {
      throw TensorFlowCheckpointError(.byteOrder(byteOrder), file: file)
    }
    self.shardCount = Int(shardCount)
    isBigEndian = byteOrder == 1
  }
}
