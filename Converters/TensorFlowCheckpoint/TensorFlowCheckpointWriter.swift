import ProtocolBuffers
import TensorStorage

/// Writes a TensorFlow checkpoint of version 2: an index and one data file.
///
/// Declare all tensors, then write their bytes in the order of ``tensors``, in pieces of any size
/// that do not reach into the next tensor, and finish. Each file appears whole or not at all, the
/// index after the data that it describes.
package struct TensorFlowCheckpointWriter: TensorWriter, ~Copyable {
  /// The tensors in the order in which their bytes must be written: by the bytes of their names.
  package let tensors: [TensorDescription]

  private let indexPath: String
  private let collision: AtomicFileWriter.Collision
  private var data: AtomicFileWriter
  private var table = SortedTableWriter()
  private var turns: TensorTurns
  private var check = CRC32C()
  private var offset = 0

  /// Opens the data file.
  ///
  /// - Parameters:
  ///   - prefix: the path without `.index`.
  ///   - collision: what to do when the names are taken.
  ///   - tensors: in any order, with unique names, of types that TensorFlow has.
  /// - Throws: `FileError`.
  package init(
    prefix: String, collision: AtomicFileWriter.Collision, tensors: [TensorDescription]
  ) throws(FileError) {
    precondition(
      tensors.allSatisfy { TensorFlowType.number(of: $0.elementType) != nil },
      "TensorFlow has no such type")
    self.tensors = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    self.collision = collision
    turns = TensorTurns(byteCounts: self.tensors.map(\.byteCount))
    indexPath = prefix + TensorFlowCheckpoint.indexSuffix
    data = try AtomicFileWriter(
      path: TensorFlowCheckpointName.dataPath(prefix: prefix, shard: 0, of: 1),
      collision: collision)
    var version = ProtocolBufferMessage()
    version.add(BundleHeader.version, field: 1)
    var header = ProtocolBufferMessage()
    header.add(1, field: 1)
    header.add(version, field: 3)
    table.add([], header.bytes)
  }

  /// Appends bytes to the tensor whose turn it is.
  ///
  /// - Throws: `FileError`.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard bytes.count > 0 else { return }
    endFinishedTensors()
    turns.take(bytes.count)
    try data.write(bytes)
    check.update(bytes)
  }

  /// Puts both files in place.
  ///
  /// - Throws: `FileError`.
  package consuming func finish() throws(FileError) {
    endFinishedTensors()
    turns.checkFinished()
    var index = try AtomicFileWriter(path: indexPath, collision: collision)
    try index.write(table.finished())
    try data.commit()
    try index.commit()
  }

  private mutating func endFinishedTensors() {
    while let position = turns.end() {
      let tensor = tensors[position]
      table.add(Array(tensor.name.utf8), entry(of: tensor).bytes)
      offset += tensor.byteCount
      check = CRC32C()
    }
  }

  /// What the index says of a tensor whose bytes end here; a field that is 0 is left out.
  private func entry(of tensor: TensorDescription) -> ProtocolBufferMessage {
    var shape = ProtocolBufferMessage()
    for dimension in tensor.shape.dimensions {
      var size = ProtocolBufferMessage()
      if dimension != 0 { size.add(dimension, field: 1) }
      shape.add(size, field: 2)
    }
    var entry = ProtocolBufferMessage()
    entry.add(Int(TensorFlowType.number(of: tensor.elementType) ?? 0), field: 1)
    entry.add(shape, field: 2)
    if offset != 0 { entry.add(offset, field: 4) }
    if tensor.byteCount != 0 { entry.add(tensor.byteCount, field: 5) }
    entry.add(fixed32: check.maskedValue, field: 6)
    return entry
  }
}
