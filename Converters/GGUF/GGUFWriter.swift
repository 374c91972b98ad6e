import TensorStorage

/// Writes a GGUF file of version 3.
///
/// Declare metadata and tensors, then write the tensors' bytes in their order, in pieces of any size
/// that do not reach into the next tensor, and finish. The file appears whole or not at all.
package struct GGUFWriter: ~Copyable {
  /// A tensor to be written.
  package struct Entry: Sendable {
    package let name: String
    package let shape: Shape
    package let type: GGMLType

    package init(name: String, shape: Shape, type: GGMLType) {
      self.name = name
      self.shape = shape
      self.type = type
    }

    /// Bytes that it takes; its rows are whole blocks.
    package var byteCount: Int { GGUFHeader.byteCount(of: shape, type) ?? 0 }
  }

  /// The alignment that readers assume where a file says nothing.
  private static let alignment = 32

  private let entries: [Entry]
  private var output: AtomicFileWriter
  private var turns: TensorTurns

  /// Writes the header.
  ///
  /// - Parameters:
  ///   - path: the file's final name.
  ///   - collision: what to do when it is taken.
  ///   - metadata: keys and values in order; whole numbers become u32 or i32 where they fit.
  ///   - entries: the tensors, with unique names below 64 bytes and at most four axes.
  /// - Throws: `FileError`.
  package init(
    path: String, collision: AtomicFileWriter.Collision,
    metadata: [(key: String, value: GGUFValue)],
    entries: [Entry]
  ) throws(FileError) {
    precondition(
      entries.allSatisfy { GGUFHeader.byteCount(of: $0.shape, $0.type) != nil },
      "a tensor is made of whole blocks")
    self.entries = entries
    var header = GGUFHeader.magic + Self.bytes(UInt32(3))
    header += Self.bytes(UInt64(entries.count)) + Self.bytes(UInt64(metadata.count))
    for (key, value) in metadata {
      header += Self.bytes(key) + Self.bytes(Self.type(of: value).rawValue) + Self.bytes(value)
    }
    var offset = 0
    for entry in entries {
      header += Self.bytes(entry.name) + Self.bytes(UInt32(entry.shape.rank))
      header += entry.shape.dimensions.reversed().flatMap { Self.bytes(UInt64($0)) }
      header += Self.bytes(entry.type.rawValue) + Self.bytes(UInt64(offset))
      offset += (entry.byteCount + Self.alignment - 1) / Self.alignment * Self.alignment
    }
    var output = try AtomicFileWriter(path: path, collision: collision)
    try output.write(header)
    try output.pad(toMultipleOf: Self.alignment)
    self.output = output
    turns = TensorTurns(byteCounts: entries.map(\.byteCount))
  }

  /// Appends bytes to the tensor whose turn it is.
  ///
  /// - Throws: `FileError`.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard bytes.count > 0 else { return }
    try endFinishedTensors()
    turns.take(bytes.count)
    try output.write(bytes)
  }

  /// Puts the file in place.
  ///
  /// - Throws: `FileError`.
  package consuming func finish() throws(FileError) {
    try endFinishedTensors()
    turns.checkFinished()
    try output.commit()
  }

  private mutating func endFinishedTensors() throws(FileError) {
    while turns.end() != nil { try output.pad(toMultipleOf: Self.alignment) }
  }

  private static func type(of value: GGUFValue) -> GGUFValueType {
    switch value {
    case .unsigned(let value): value <= UInt64(UInt32.max) ? .uint32 : .uint64
    case .signed(let value): Int32(exactly: value) == nil ? .int64 : .int32
    case .number: .float32
    case .bool: .bool
    case .string: .string
    case .array: .array
    }
  }

  private static func bytes(_ value: GGUFValue) -> [UInt8] {
    switch value {
    case .unsigned(let value):
      value <= UInt64(UInt32.max) ? bytes(UInt32(value)) : bytes(value)
    case .signed(let value): Int32(exactly: value).map { bytes($0) } ?? bytes(value)
    case .number(let value): bytes(Float(value).bitPattern)
    case .bool(let value): [value ? 1 : 0]
    case .string(let text): bytes(text)
    case .array(let values):
      bytes((values.first.map(type(of:)) ?? .string).rawValue) + bytes(UInt64(values.count))
        + values.flatMap { bytes($0) }
    }
  }

  private static func bytes(_ text: String) -> [UInt8] {
    bytes(UInt64(text.utf8.count)) + Array(text.utf8)
  }

  private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
