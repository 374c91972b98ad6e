/// A walk through a B-tree of version 1, which finds a group's symbol table nodes or a dataset's
/// chunks.
///
/// Source: HDF5 File Format Specification 3.0, III.A.1.
struct TreeWalk {
  /// What the leaves point to.
  enum Kind: Int {
    case group = 0
    case chunk = 1
  }

  /// Levels above the leaves; a tree of full nodes reaches a trillion children with fewer.
  private static let maximumLevel = 32

  private let kind: Kind
  private let structure: HDF5Structure
  private let blocks: BlockReader
  private var seen: Set<UInt64> = []

  init(_ kind: Kind, of structure: HDF5Structure, in blocks: BlockReader) {
    self.kind = kind
    self.structure = structure
    self.blocks = blocks
  }

  /// Calls `body` with the key in front of each leaf's child, and the child's address.
  ///
  /// - Throws: ``HDF5Error/Clause``, `FileError`, and what `body` throws.
  mutating func forEachChild(
    at address: UInt64?, keyByteCount: Int, level expected: Int? = nil,
    _ body: (inout FieldReader, UInt64) throws -> Void
  ) throws {
    if let address, !seen.insert(address).inserted { throw HDF5Error.Clause.circle(structure) }
    let headByteCount = 8 + 2 * blocks.widths.offset
    var head = try blocks.block(at: address, byteCount: UInt64(headByteCount), of: structure)
    try head.signature("TREE")
    let type = try head.byte()
    guard type == kind.rawValue else {
      throw HDF5Error.Clause.invalidField(structure, field: "its type", value: UInt64(type))
    }
    // A level of its own below each node: what is no circle by address is none by depth either.
    let level = try head.byte()
    guard level <= Self.maximumLevel, level == expected ?? level else {
      throw HDF5Error.Clause.invalidField(structure, field: "its level", value: UInt64(level))
    }
    let count = try head.short()
    let entryByteCount = keyByteCount + blocks.widths.offset
    let byteCount = headByteCount + count * entryByteCount
    var fields = try blocks.block(at: address, byteCount: UInt64(byteCount), of: structure)
    try fields.skip(headByteCount)
    for _ in 0..<count {
      var key = try fields.nested(keyByteCount, of: structure)
      guard let child = try fields.fileAddress() else {
        throw HDF5Error.Clause.noAddress(structure)
      }
      if level > 0 {
        try forEachChild(at: child, keyByteCount: keyByteCount, level: level - 1, body)
      } else {
        try body(&key, child)
      }
    }
  }
}
