/// An older group's members: a B-tree of version 1 whose leaves are symbol table nodes, and a heap
/// that holds the names.
///
/// Source: HDF5 File Format Specification 3.0, III.A.1, III.B and III.D.
struct SymbolTable {
  private let treeAddress: UInt64?
  private let names: LocalHeap
  private let blocks: BlockReader

  /// Reads the message that says where tree and heap are, and the heap.
  init(_ message: FieldReader, in blocks: BlockReader) throws {
    var fields = message
    treeAddress = try fields.fileAddress()
    names = try LocalHeap(at: fields.fileAddress(), in: blocks)
    self.blocks = blocks
  }

  /// Calls `body` with each member's name and object header.
  ///
  /// - Throws: ``HDF5Error/Clause``, `FileError`, and what `body` throws.
  func forEach(_ body: (ArraySlice<UInt8>, UInt64) throws -> Void) throws {
    var tree = TreeWalk(.group, of: .groupTree, in: blocks)
    try tree.forEachChild(at: treeAddress, keyByteCount: blocks.widths.length) { _, child in
      try forEachSymbol(at: child, body)
    }
  }

  private func forEachSymbol(
    at address: UInt64, _ body: (ArraySlice<UInt8>, UInt64) throws -> Void
  ) throws {
    var head = try blocks.block(at: address, byteCount: 8, of: .symbolNode)
    try head.signature("SNOD")
    _ = try head.version(1...1)
    try head.skip(1)
    let count = try head.short()
    let entryByteCount = 2 * blocks.widths.offset + 24
    var fields = try blocks.block(
      at: address, byteCount: UInt64(8 + count * entryByteCount), of: .symbolNode)
    try fields.skip(8)
    for _ in 0..<count {
      let nameOffset = try fields.integer(byteCount: blocks.widths.offset)
      let header = try fields.fileAddress()
      let cacheType = try fields.word()
      try fields.skip(4 + 16)
      let name = try names.text(at: nameOffset)
      if cacheType == 2 {
        throw HDF5Error.Clause.link(name: try GroupMembers.name(name), .softLink)
      }
      guard let header else { throw HDF5Error.Clause.noAddress(.objectHeader) }
      try body(name, header)
    }
  }
}

/// The heap of an older group: its members' names, each with a NUL behind it.
struct LocalHeap {
  /// The longest name that is looked for.
  private static let maximumNameByteCount = 1 << 16

  private let bytes: ArraySlice<UInt8>
  private let blocks: BlockReader

  init(at address: UInt64?, in blocks: BlockReader) throws {
    let headByteCount = 8 + 2 * blocks.widths.length + blocks.widths.offset
    var head = try blocks.block(at: address, byteCount: UInt64(headByteCount), of: .localHeap)
    try head.signature("HEAP")
    _ = try head.version(0...0)
    try head.skip(3)
    let byteCount = try head.length()
    try head.skip(blocks.widths.length)
    var data = try blocks.block(at: head.fileAddress(), byteCount: byteCount, of: .localHeap)
    bytes = try data.take(data.remaining)
    self.blocks = blocks
  }

  /// The bytes from an offset up to the next NUL.
  func text(at offset: UInt64) throws(HDF5Error.Clause) -> ArraySlice<UInt8> {
    guard offset < UInt64(bytes.count) else {
      throw .invalidField(.localHeap, field: "the offset of a name", value: offset)
    }
    let rest = bytes.dropFirst(Int(offset)).prefix(Self.maximumNameByteCount)
    guard let end = rest.firstIndex(of: 0) else { throw .tooShort(.localHeap) }
    // Many members may share one long name in a hostile file.
    try blocks.charge(end - rest.startIndex)
    return rest[..<end]
  }
}
