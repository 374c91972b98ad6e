/// Texts of variable length, which lie in collections that several attributes share.
///
/// Source: HDF5 File Format Specification 3.0, III.E.
struct GlobalHeap {
  private let blocks: BlockReader
  /// The objects of each collection that was read, by its address.
  private var collections: [UInt64: [Int: ArraySlice<UInt8>]] = [:]

  init(in blocks: BlockReader) { self.blocks = blocks }

  /// The bytes of an object of a collection.
  ///
  /// - Throws: ``HDF5Error/Clause`` or `FileError`.
  mutating func object(_ index: Int, at address: UInt64) throws -> ArraySlice<UInt8> {
    let collection = try collections[address] ?? read(at: address)
    collections[address] = collection
    guard let bytes = collection[index] else {
      throw HDF5Error.Clause.invalidField(
        .globalHeap, field: "the number of an object", value: UInt64(index))
    }
    // Many texts may be one object in a hostile file.
    try blocks.charge(bytes.count)
    return bytes
  }

  private func read(at address: UInt64) throws -> [Int: ArraySlice<UInt8>] {
    let headByteCount = 8 + blocks.widths.length
    var head = try blocks.block(at: address, byteCount: UInt64(headByteCount), of: .globalHeap)
    try head.signature("GCOL")
    _ = try head.version(1...1)
    try head.skip(3)
    var fields = try blocks.block(at: address, byteCount: head.length(), of: .globalHeap)
    try fields.skip(headByteCount)
    var objects: [Int: ArraySlice<UInt8>] = [:]
    while fields.remaining >= headByteCount {
      let start = fields.offset
      let index = try fields.short()
      try fields.skip(6)
      let byteCount = try fields.length()
      // Object 0 is the free space behind all others.
      if index == 0 { break }
      objects[index] = try fields.take(Int(clamping: byteCount))
      fields.align(from: start)
    }
    return objects
  }
}
