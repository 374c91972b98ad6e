import JSON
import TensorStorage

/// Writes a safetensors file as the reference does.
///
/// The order of the tensors, the header and its padding are the reference's, so the same tensors give
/// the same bytes. The file streams out and appears whole or not at all.
///
/// Declare all tensors, then write their bytes in the order of ``tensors``, in pieces of any size
/// that do not reach into the next tensor, and finish.
public struct SafetensorsWriter: TensorWriter, ~Copyable {
  /// The tensors in the order in which their bytes must be written: element types of the widest
  /// alignment first, then by the bytes of their names.
  public let tensors: [TensorDescription]

  private var output: AtomicFileWriter
  private var turns: TensorTurns

  /// Writes the header.
  ///
  /// Names must be unique, not `__metadata__`, and every tensor must fill whole bytes.
  ///
  /// - Parameters:
  ///   - path: the file's final name.
  ///   - collision: what to do when it is taken.
  ///   - tensors: in any order.
  ///   - metadata: strings for `__metadata__`; readers expect `format`.
  /// - Throws: ``FileError``, or ``SafetensorsError`` when the header would be too large.
  public init(
    path: String, collision: AtomicFileWriter.Collision, tensors: [TensorDescription],
    metadata: [String: String] = ["format": "pt"]
  ) throws {
    self.tensors = Self.sorted(tensors)
    let header = Self.header(self.tensors, metadata: metadata)
    guard header.count <= SafetensorsHeader.maximumByteCount else {
      throw SafetensorsError(.headerTooLarge(byteCount: UInt64(header.count)), file: path)
    }
    var output = try AtomicFileWriter(path: path, collision: collision)
    try output.write((0..<8).map { UInt8(truncatingIfNeeded: header.count >> ($0 * 8)) })
    try output.write(header)
    self.output = output
    turns = TensorTurns(byteCounts: self.tensors.map(\.byteCount))
  }

  /// Appends bytes to the tensor whose turn it is.
  ///
  /// - Throws: ``FileError``.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard bytes.count > 0 else { return }
    while turns.end() != nil {}
    turns.take(bytes.count)
    try output.write(bytes)
  }

  /// Puts the file in place.
  ///
  /// - Throws: ``FileError``; the name then still holds what it held before.
  public consuming func finish() throws(FileError) {
    while turns.end() != nil {}
    turns.checkFinished()
    try output.commit()
  }

  private static func sorted(_ tensors: [TensorDescription]) -> [TensorDescription] {
    tensors.sorted { left, right in
      let (leftRank, rightRank) =
        (left.elementType.safetensorsRank, right.elementType.safetensorsRank)
      return leftRank == rightRank
        ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : leftRank > rightRank
    }
  }

  private static func header(
    _ tensors: [TensorDescription], metadata: [String: String]
  ) -> [UInt8] {
    var members: [(name: String, value: JSONValue)] = []
    if !metadata.isEmpty {
      let names = metadata.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      var strings = JSONObject()
      for name in names { strings[name] = metadata[name].map(JSONValue.string) }
      members.append(("__metadata__", .object(strings)))
    }
    var offset = 0
    for tensor in tensors {
      precondition(
        tensor.shape.elementCount * tensor.elementType.bitWidth % 8 == 0,
        "tensor \(tensor.name) does not fill whole bytes")
      let end = offset + tensor.byteCount
      let entry: JSONObject = [
        "dtype": .string(tensor.elementType.safetensorsName),
        "shape": .array(tensor.shape.dimensions.map(JSONValue.integer)),
        "data_offsets": .array([.integer(offset), .integer(end)]),
      ]
      members.append((tensor.name, .object(entry)))
      offset = end
    }
    guard let root = JSONObject(members: members) else {
      preconditionFailure("two tensors of one name, or one named __metadata__")
    }
    var text = Array(root.serialized(pretty: false).utf8)
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    return text
  }
}
