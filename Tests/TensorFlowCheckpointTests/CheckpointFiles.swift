import ProtocolBuffers
import TensorFlowCheckpoint
import TensorStorage
import TestSupport

/// A checkpoint that a test writes by itself, so that it can be wrong in one thing.
struct CheckpointFiles {
  /// What an index says of a tensor; `nil` leaves a field out.
  struct Entry {
    var type: Int? = 1
    var dimensions = [2, 3]
    var shard: Int?
    var offset: Int?
    var byteCount: Int? = 24
    var check: UInt32 = CRC32C(of: CheckpointFiles.data).maskedValue
    var unknownRank = false
    var isPartitioned = false

    var message: [UInt8] {
      var shape = ProtocolBufferMessage()
      for dimension in dimensions {
        var size = ProtocolBufferMessage()
        size.add(dimension, field: 1)
        shape.add(size, field: 2)
      }
      if unknownRank { shape.add(1, field: 3) }
      var entry = ProtocolBufferMessage()
      if let type { entry.add(type, field: 1) }
      entry.add(shape, field: 2)
      if let shard { entry.add(shard, field: 3) }
      if let offset { entry.add(offset, field: 4) }
      if let byteCount { entry.add(byteCount, field: 5) }
      entry.add(fixed32: check, field: 6)
      if isPartitioned { entry.add(ProtocolBufferMessage(), field: 7) }
      return entry.bytes
    }
  }

  /// The numbers 0 to 5.
  static let data = (0..<6).flatMap { number in
    withUnsafeBytes(of: Float(number).bitPattern.littleEndian) { Array($0) }
  }

  var entries: [(name: [UInt8], value: [UInt8])] = [(Array("a".utf8), Entry().message)]
  var shardCount = 1
  var byteOrder = 0
  var oldestReader = 0
  var hasHeader = true

  /// An entry under a name.
  init(_ entry: Entry = Entry(), named name: String = "a") {
    entries = [(Array(name.utf8), entry.message)]
  }

  /// The index.
  func index(blockByteCount: Int = SortedTableWriter.blockByteCount) -> [UInt8] {
    var version = ProtocolBufferMessage()
    version.add(1, field: 1)
    if oldestReader != 0 { version.add(oldestReader, field: 2) }
    var header = ProtocolBufferMessage()
    header.add(shardCount, field: 1)
    header.add(byteOrder, field: 2)
    header.add(version, field: 3)
    var table = SortedTableWriter(blockByteCount: blockByteCount)
    if hasHeader { table.add([], header.bytes) }
    for (name, value) in entries { table.add(name, value) }
    return table.finished()
  }

  /// Writes index and data, and opens them.
  func open(in folder: TemporaryFolder) throws -> TensorFlowCheckpoint {
    try folder.write(Self.data, to: "m.data-00000-of-00001")
    return try TensorFlowCheckpoint(indexPath: folder.write(index(), to: "m.index"))
  }
}

extension TensorFlowCheckpoint {
  /// Opens a checkpoint and reads every tensor of it.
  static func readAll(_ path: String) throws {
    let file = try TensorFlowCheckpoint(indexPath: path)
    for tensor in file.tensors { _ = try file.bytes(of: tensor) }
  }
}
