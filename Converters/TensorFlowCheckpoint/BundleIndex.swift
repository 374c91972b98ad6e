import TensorStorage

/// What the index of a checkpoint says, checked but for the data files themselves.
struct BundleIndex {
  /// A tensor of numbers and where its bytes are.
  struct Entry {
    let description: TensorDescription
    let shard: Int
    let offset: Int
    /// The masked CRC-32C of its bytes.
    let check: UInt32
  }

  /// The names of a checkpoint have fewer bytes together: sharing prefixes, a small file could hold
  /// far more than it is long.
  private static let maximumNamesByteCount = 16 << 20
  private static let maximumTensorCount = 1 << 17

  let header: BundleHeader
  /// Tensors of numbers by the bytes of their names.
  private(set) var entries: [Entry] = []
  /// What is no tensor of numbers.
  private(set) var skipped: [(path: String, reason: String)] = []

  /// Reads an index.
  ///
  /// - Throws: ``TensorFlowCheckpointError``, `ProtocolBufferError`, `FileError`.
  init(path: String) throws {
    var header: BundleHeader?
    var entries: [Entry] = []
    var skipped: [(path: String, reason: String)] = []
    var namesByteCount = 0
    try SortedTable(RandomAccessFile(path: path)).forEachEntry { key, value in
      guard let header else {
        guard key.isEmpty else { throw TensorFlowCheckpointError(.noHeader, file: path) }
        header = try BundleHeader(Array(value), file: path)
        return
      }
      namesByteCount += key.count
      guard namesByteCount <= Self.maximumNamesByteCount,
        entries.count + skipped.count < Self.maximumTensorCount
      else {
        throw TensorFlowCheckpointError(.namesTooLong, file: path)
      }
      let name = try Self.name(key, file: path)
      let entry = try BundleEntry(Array(value), file: path)
      if let reason = try Self.reasonToSkip(entry, named: name, file: path) {
        skipped.append((name, reason))
      } else {
        entries.append(try Self.checked(entry, named: name, header: header, file: path))
      }
    }
    guard let header else { throw TensorFlowCheckpointError(.noHeader, file: path) }
    self.header = header
    self.entries = entries
    self.skipped = skipped
  }

  private static func name(
    _ key: [UInt8], file: String
  ) throws(TensorFlowCheckpointError) -> String {
    // The pieces of a partitioned variable have keys that begin with a zero.
    guard key.first != 0 else { throw TensorFlowCheckpointError(.partitioned, file: file) }
    guard let name = String(validating: key, as: UTF8.self) else {
      throw TensorFlowCheckpointError(.nameNotText, file: file)
    }
    return name
  }

  /// What a tensor holds that is no numbers; `nil` for one of numbers.
  private static func reasonToSkip(
    _ entry: BundleEntry, named name: String, file: String
  ) throws(TensorFlowCheckpointError) -> String? {
    guard !entry.isPartitioned else {
      throw TensorFlowCheckpointError(.partitioned, tensor: name, file: file)
    }
    guard TensorFlowType.elementType(entry.type) == nil else { return nil }
    guard let description = TensorFlowType.description(entry.type) else {
      throw TensorFlowCheckpointError(.unknownType(entry.type), tensor: name, file: file)
    }
    return "holds \(description)"
  }

  private static func checked(
    _ entry: BundleEntry, named name: String, header: BundleHeader, file: String
  ) throws(TensorFlowCheckpointError) -> Entry {
    func fail(_ clause: TensorFlowCheckpointError.Clause) -> TensorFlowCheckpointError {
      TensorFlowCheckpointError(clause, tensor: name, file: file)
    }
    guard let type = TensorFlowType.elementType(entry.type) else {
      throw fail(.unknownType(entry.type))
    }
    guard !entry.hasUnknownRank, let shape = Shape(checking: entry.dimensions.map(Int.init)) else {
      throw fail(.shape(entry.dimensions))
    }
    let (expected, overflow) = shape.elementCount.multipliedReportingOverflow(by: type.byteWidth)
    guard !overflow, entry.byteCount == expected else {
      throw fail(.byteCount(entry.byteCount, shape: shape, type: type))
    }
    guard (0..<Int64(header.shardCount)).contains(entry.shard) else {
      throw fail(.shard(entry.shard, count: header.shardCount))
    }
    guard entry.offset >= 0 else { throw fail(.offset(entry.offset)) }
    return Entry(
      description: TensorDescription(name: name, elementType: type, shape: shape),
      shard: Int(entry.shard), offset: Int(entry.offset), check: entry.check)
  }
}
