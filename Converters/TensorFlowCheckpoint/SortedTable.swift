import TensorStorage

/// A file of sorted keys and their values, as LevelDB writes it and TensorFlow's index files are.
///
/// At the end a footer of 48 bytes: where the index block lies, padding, a magic number. The index
/// block's values say where the data blocks lie. A block is entries, a byte that tells how it is
/// compressed, and a masked CRC-32C over both. Source: google/leveldb, `doc/table_format.md`.
struct SortedTable {
  /// Where a block lies, without the five bytes behind it.
  struct BlockHandle {
    let offset: Int
    let byteCount: Int
  }

  static let footerByteCount = TensorFlowIndexFooter.byteCount
  /// What follows a block: how it is compressed, and its check.
  static let trailerByteCount = 5
  /// Larger blocks than this are none: TensorFlow begins a new one after 256 KiB.
  static let maximumBlockByteCount = 64 << 20

  private let file: RandomAccessFile
  private let index: BlockHandle

  /// Reads the footer.
  init(_ file: RandomAccessFile) throws {
    func fail(_ clause: TensorFlowCheckpointError.Clause) -> TensorFlowCheckpointError {
      TensorFlowCheckpointError(clause, file: file.path)
    }
    let blocksEnd = file.byteCount - Self.footerByteCount
    guard blocksEnd >= 0 else { throw fail(.tooShort(byteCount: file.byteCount)) }
    let footer = try file.bytes(in: blocksEnd..<file.byteCount)
    guard TensorFlowIndexFooter.matches(footer) else { throw fail(.noMagicNumber) }
    var reader = TableBlockReader(footer[..<40])
    guard Self.handle(&reader) != nil, let index = Self.handle(&reader) else {
      throw fail(.blockHandle(block: "the index block"))
    }
    self.file = file
    self.index = index
  }

  /// Gives every key and its value, in order; each data block is held while its entries are read.
  ///
  /// - Throws: ``TensorFlowCheckpointError``, `FileError`, and what `body` throws.
  func forEachEntry(_ body: (_ key: [UInt8], _ value: ArraySlice<UInt8>) throws -> Void) throws {
    var lastKey: [UInt8]?
    var blocksEnd = 0
    try forEachEntry(of: index, named: "the index block") { _, value in
      var reader = TableBlockReader(value)
      guard let handle = Self.handle(&reader) else {
        throw error(.blockHandle(block: "a data block"))
      }
      // Blocks lie in order; one that is named twice would be read as often as it is named.
      guard handle.offset >= blocksEnd else {
        throw error(.blocksNotAscending(offset: handle.offset))
      }
      try forEachEntry(of: handle, named: "a data block") { key, value in
        if let lastKey, !lastKey.lexicographicallyPrecedes(key) {
          throw error(.keysNotAscending(offset: handle.offset))
        }
        lastKey = key
        try body(key, value)
      }
      blocksEnd = handle.offset + handle.byteCount + Self.trailerByteCount
    }
  }

  private func forEachEntry(
    of handle: BlockHandle, named name: String,
    _ body: ([UInt8], ArraySlice<UInt8>) throws -> Void
  ) throws {
    let bytes = try contents(of: handle, named: name)
    guard var reader = TableBlockReader(block: bytes) else {
      throw error(.blockRestarts(offset: handle.offset))
    }
    var key: [UInt8] = []
    while !reader.isAtEnd {
      guard let (shared, suffix, value) = reader.nextEntry(), shared <= key.count,
        shared + suffix.count <= TensorFlowCheckpoint.maximumNameByteCount
      else { throw error(.blockEntry(offset: handle.offset)) }
      key.removeLast(key.count - shared)
      key += suffix
      try body(key, value)
    }
  }

  /// A block's bytes, checked and decompressed.
  private func contents(of handle: BlockHandle, named name: String) throws -> [UInt8] {
    let end = file.byteCount - Self.footerByteCount
    let (blockEnd, overflow) = handle.offset.addingReportingOverflow(handle.byteCount)
    guard !overflow, blockEnd <= end - Self.trailerByteCount else {
      throw error(.blockHandle(block: name))
    }
    guard handle.byteCount <= Self.maximumBlockByteCount else {
      throw error(.blockTooLarge(offset: handle.offset, byteCount: handle.byteCount))
    }
    var bytes = try file.bytes(in: handle.offset..<blockEnd + Self.trailerByteCount)
    let check = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    bytes.removeLast(4)
    guard CRC32C(of: bytes).maskedValue == check else {
      throw error(.blockChecksum(offset: handle.offset))
    }
    switch bytes.removeLast() {
    case 0: return bytes
    case 1:
      do throws(Snappy.Failure) {
        return try Snappy.decompressed(bytes, limit: Self.maximumBlockByteCount)
      } catch {
        throw self.error(.snappy(offset: handle.offset, error))
      }
    case let type: throw error(.blockCompression(offset: handle.offset, type: Int(type)))
    }
  }

  private static func handle(_ reader: inout TableBlockReader) -> BlockHandle? {
    guard let offset = reader.varint(), let count = reader.varint() else { return nil }
    return BlockHandle(offset: offset, byteCount: count)
  }

  private func error(_ clause: TensorFlowCheckpointError.Clause) -> TensorFlowCheckpointError {
    TensorFlowCheckpointError(clause, file: file.path)
  }
}
