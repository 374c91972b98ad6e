import Synchronization

/// Puts the values of chunked datasets together, a band at a time.
///
/// A band is the rows that one chunk has along the outermost axis, over the dataset's whole width: its
/// values lie one behind the other in C order. The last band is kept, for values are usually asked
/// for in order, and each chunk is then unpacked once.
final class ChunkReader: Sendable {
  private struct Band {
    var path: String
    var number: Int
    var bytes: [UInt8]
  }

  private let region: FileRegion
  private let last = Mutex<Band?>(nil)

  init(region: FileRegion) { self.region = region }

  /// Copies a piece of the values in C order, given by its bytes.
  ///
  /// - Parameter path: the dataset's, which no other has.
  /// - Throws: ``HDF5Error/Clause`` or `FileError`.
  func read(
    _ bytes: Range<Int>, of grid: ChunkGrid, at path: String,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard let target = destination.baseAddress, !bytes.isEmpty else { return }
    let bandByteCount = grid.bandByteCount
    for number in bytes.lowerBound / bandByteCount...(bytes.upperBound - 1) / bandByteCount {
      let start = number * bandByteCount
      try withBand(number, of: grid, at: path) { band in
        let part = (start..<start + band.count).clamped(to: bytes)
        guard let source = band.baseAddress, !part.isEmpty else { return }
        (target + (part.lowerBound - bytes.lowerBound)).copyMemory(
          from: source + (part.lowerBound - start), byteCount: part.count)
      }
    }
  }

  private func withBand(
    _ number: Int, of grid: ChunkGrid, at path: String, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws {
    try last.withLock { last in
      if last?.number != number || last?.path != path {
        last = nil
        last = Band(path: path, number: number, bytes: try band(number, of: grid))
      }
      last?.bytes.withUnsafeBytes(body)
    }
  }

  /// The values of a band: the fill value, and over it what the chunks hold.
  private func band(_ number: Int, of grid: ChunkGrid) throws -> [UInt8] {
    let rows = grid.rows(ofBand: number)
    let chunks = grid.chunks(ofBand: number)
    var band = [UInt8](repeating: 0, count: rows.count * grid.rowByteCount)
    let isWhole = chunks.count == grid.chunksPerBand
    if !isWhole, grid.fillValue.contains(where: { $0 != 0 }) {
      for index in band.indices { band[index] = grid.fillValue[index % grid.fillValue.count] }
    }
    for (number, chunk) in chunks {
      let stored = try region.bytes(at: chunk.address, count: chunk.storedByteCount)
      let bytes = try grid.filters.undo(
        stored, mask: chunk.filterMask, byteCount: grid.chunkByteCount,
        elementByteCount: grid.elementByteCount)
      Self.copy(bytes, of: number, in: grid, to: &band, firstRow: rows.lowerBound)
    }
    return band
  }

  /// Copies what a chunk has inside the dataset, one run along the innermost axis after the other.
  private static func copy(
    _ bytes: [UInt8], of number: Int, in grid: ChunkGrid, to band: inout [UInt8], firstRow: Int
  ) {
    let rank = grid.dataset.count
    let origin = grid.origin(ofChunk: number)
    let ranges = (0..<rank).map {
      origin[$0]..<min(origin[$0] + grid.chunk[$0], grid.dataset[$0])
    }
    let runByteCount = ranges[rank - 1].count * grid.elementByteCount
    var index = ranges.map(\.lowerBound)
    bytes.withUnsafeBytes { source in
      band.withUnsafeMutableBytes { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        while true {
          var (from, to) = (0, 0)
          for axis in 0..<rank {
            from = from * grid.chunk[axis] + index[axis] - origin[axis]
            to = to * grid.dataset[axis] + index[axis] - (axis == 0 ? firstRow : 0)
          }
          (target + to * grid.elementByteCount).copyMemory(
            from: source + from * grid.elementByteCount, byteCount: runByteCount)
          var axis = rank - 2
          while axis >= 0 {
            index[axis] += 1
            if index[axis] < ranges[axis].upperBound { break }
            index[axis] = ranges[axis].lowerBound
            axis -= 1
          }
          if axis < 0 { return }
        }
      }
    }
  }
}
