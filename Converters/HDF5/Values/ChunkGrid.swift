/// A dataset's chunks: how they divide it, and where each one is stored.
struct ChunkGrid: Sendable {
  /// A chunk in the file.
  struct Chunk: Sendable {
    let address: UInt64
    let storedByteCount: Int
    /// Bits of filters that this chunk went without.
    let filterMask: UInt64
  }

  /// Lengths of the dataset's axes, and of a chunk's.
  let dataset, chunk: [Int]
  /// Chunks along each axis.
  let counts: [Int]
  let elementByteCount: Int
  let filters: FilterPipeline
  let fillValue: [UInt8]
  /// The stored chunks in the order of their numbers, which count row-major.
  private(set) var chunks: [(number: Int, chunk: Chunk)] = []
  /// Bytes that the chunks take in the file.
  private(set) var storedByteCount: UInt64 = 0

  /// A band of chunks is read whole, so it is bounded; h5py's own are a tenth of this.
  static let maximumBandByteCount: UInt64 = 1 << 28

  /// Bytes of a chunk as values.
  var chunkByteCount: Int { chunk.reduce(elementByteCount, *) }

  /// Finds the chunks.
  ///
  /// - Throws: ``HDF5Error/Clause`` or `FileError`.
  init(
    _ layout: DataLayout.Chunks, dataset: [Int], elementByteCount: Int, filters: FilterPipeline,
    fillValue: FillValue, in blocks: BlockReader
  ) throws {
    guard layout.dimensions.count == dataset.count,
      layout.elementByteCount == UInt64(elementByteCount), !dataset.isEmpty
    else {
      throw HDF5Error.Clause.invalidField(
        .layout, field: "the rank of its chunks", value: UInt64(layout.dimensions.count))
    }
    var byteCount = UInt64(elementByteCount)
    for length in layout.dimensions {
      guard length > 0 else {
        throw HDF5Error.Clause.invalidField(.layout, field: "a chunk's length", value: 0)
      }
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: length)
      byteCount = overflow ? .max : product
      guard byteCount <= Self.maximumBandByteCount else {
        throw HDF5Error.Clause.chunkTooLarge(byteCount: byteCount)
      }
    }
    self.dataset = dataset
    chunk = layout.dimensions.map(Int.init)
    // Rounded up without adding, which could overflow.
    counts = zip(dataset, chunk).map { $0 / $1 + ($0 % $1 == 0 ? 0 : 1) }
    let bandRows = UInt64(min(chunk[0], dataset[0]))
    let width = dataset.dropFirst().reduce(elementByteCount, *)
    let (bandByteCount, overflow) = bandRows.multipliedReportingOverflow(by: UInt64(width))
    guard !overflow, bandByteCount <= Self.maximumBandByteCount else {
      throw HDF5Error.Clause.chunkTooLarge(byteCount: overflow ? .max : bandByteCount)
    }
    self.elementByteCount = elementByteCount
    self.filters = filters
    self.fillValue = fillValue.bytes
    try find(layout.index, in: blocks)
    chunks.sort { $0.number < $1.number }
    for (chunk, next) in zip(chunks, chunks.dropFirst()) where chunk.number == next.number {
      throw HDF5Error.Clause.misplacedChunk(offset: origin(ofChunk: chunk.number).map(UInt64.init))
    }
  }

  private mutating func find(_ index: DataLayout.Chunks.Index, in blocks: BlockReader) throws {
    switch index {
    case .tree(nil), .single(nil, _, _), .implicit(nil): return
    case .tree(let address):
      let rank = dataset.count
      var tree = TreeWalk(.chunk, of: .chunkTree, in: blocks)
      try tree.forEachChild(at: address, keyByteCount: 8 + 8 * (rank + 1)) { key, child in
        let stored = try key.word()
        let mask = try key.integer(byteCount: 4)
        var offset: [UInt64] = []
        for _ in 0..<rank { offset.append(try key.integer(byteCount: 8)) }
        let chunk = Chunk(address: child, storedByteCount: stored, filterMask: mask)
        try add(chunk, at: offset, in: blocks)
      }
    case .single(let address?, let stored, let mask):
      guard stored ?? 0 <= UInt64(UInt32.max) else {
        throw HDF5Error.Clause.chunkTooLarge(byteCount: stored ?? 0)
      }
      let chunk = Chunk(
        address: address, storedByteCount: stored.map(Int.init) ?? chunkByteCount,
        filterMask: mask)
      try add(chunk, at: dataset.map { _ in 0 }, in: blocks)
    case .implicit(let address?):
      try addAll(from: address, in: blocks)
    }
  }

  /// Chunks that lie one behind the other, unfiltered and all there.
  private mutating func addAll(from first: UInt64, in blocks: BlockReader) throws {
    var address = first
    for number in 0..<counts.reduce(1, *) {
      let chunk = Chunk(address: address, storedByteCount: chunkByteCount, filterMask: 0)
      try add(chunk, at: origin(ofChunk: number).map(UInt64.init), in: blocks)
      // The chunk was found inside the file, so its end is no overflow.
      address += UInt64(chunkByteCount)
    }
  }

  private mutating func add(_ chunk: Chunk, at offset: [UInt64], in blocks: BlockReader) throws {
    let region = blocks.region
    let byteCount = UInt64(chunk.storedByteCount)
    guard region.holds(byteCount, at: chunk.address) else {
      throw HDF5Error.Clause.beyondEnd(.values, fileByteCount: region.byteCount)
    }
    // Chunks do not overlap, so all of them together are no larger than the file.
    storedByteCount += byteCount
    guard storedByteCount <= UInt64(region.byteCount) else {
      throw HDF5Error.Clause.beyondEnd(.values, fileByteCount: region.byteCount)
    }
    var number = 0
    for axis in dataset.indices {
      let length = UInt64(self.chunk[axis])
      guard offset[axis] % length == 0, offset[axis] / length < UInt64(counts[axis]) else {
        throw HDF5Error.Clause.misplacedChunk(offset: offset)
      }
      // Below the product of all counts, which is no more than the elements.
      number = number * counts[axis] + Int(offset[axis] / length)
    }
    try blocks.charge(64)
    chunks.append((number, chunk))
  }
}
