import ProtocolBuffers
import TensorStorage

/// The tensors and steps of an ONNX file, without the numbers: ModelProto and GraphProto.
///
/// Graphs inside of steps are not looked into. What is held is bounded: a quarter of a million
/// tensors and steps, 128 MiB of their names.
struct ONNXGraph {
  private static let maximumItemCount = 1 << 18
  private static let maximumHeldByteCount = 128 << 20

  private(set) var initializers: [ONNXInitializer] = []
  private(set) var nodes: [ONNXNode] = []

  /// Reads a file.
  ///
  /// - Throws: ``ONNXError``, `ProtocolBufferError`, `TruncatedBytes`, `FileError`.
  init(_ file: RandomAccessFile) throws {
    var reader = ProtocolBufferReader(file)
    var hasGraph = false
    var heldByteCount = 0
    try reader.read(reader.whole) { reader, field in
      guard field.number == 7 else { return }
      guard !hasGraph else { throw ONNXError(.twoGraphs, file: file.path) }
      hasGraph = true
      try reader.read(field.part(in: file.path)) { reader, field in
        switch field.number {
        case 1:
          let node = try ONNXNode(field.part(in: file.path), &reader)
          nodes.append(node)
          heldByteCount += node.heldByteCount
        case 5:
          let initializer = try ONNXInitializer(field.part(in: file.path), &reader)
          initializers.append(initializer)
          heldByteCount += initializer.name.utf8.count + 8 * initializer.dimensions.count
        default: return
        }
        guard nodes.count + initializers.count <= Self.maximumItemCount,
          heldByteCount <= Self.maximumHeldByteCount
        else {
          throw ONNXError(.tooManyItems, file: file.path)
        }
      }
    }
    guard hasGraph else { throw ONNXError(.noGraph, file: file.path) }
  }
}
