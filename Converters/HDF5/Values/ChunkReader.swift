import Synchronization

/// Puts rows of a chunked dataset together.
///
/// One unpacked chunk is kept, for rows are usually asked for one after the other and a chunk may
/// hold more of them than are asked for at once.
final class ChunkReader: Sendable {
  private struct Unpacked {
    var address: UInt64
    var bytes: [UInt8]
  }

  private let region: FileRegion
  private let last = Mutex<Unpacked?>(nil)

  init(region: FileRegion) { self.region = region }

  /// Copies a piece of the values in C order, given by its bytes.
  ///
  /// - Throws: ``HDF5Error/Clause`` or `FileError`.
  func read(
    _ bytes: Range<Int>, of grid: ChunkGrid, into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard let target = destination.baseAddress, !bytes.isEmpty else { return }
    let width = grid.dataset.dropFirst().reduce(grid.elementByteCount, *)
    let rows = bytes.lowerBound / width..<(bytes.upperBound - 1) / width + 1
    if rows.count * width == bytes.count {
      return try readRows(rows, of: grid, into: destination)
    }
    // The piece begins or ends inside a row: whole rows are read, one after the other.
    var row = [UInt8](repeating: 0, count: width)
    for index in rows {
      try row.withUnsafeMutableBytes { row in
        try readRows(index..<index + 1, of: grid, into: row)
        let part = (index * width..<(index + 1) * width).clamped(to: bytes)
        guard let source = row.baseAddress else { return }
        (target + (part.lowerBound - bytes.lowerBound)).copyMemory(
          from: source + (part.lowerBound - index * width), byteCount: part.count)
      }
    }
  }

  /// Copies rows along the outermost axis.
  ///
  /// - Throws: ``HDF5Error/Clause`` or `FileError`.
  private func readRows(
    _ rows: Range<Int>, of grid: ChunkGrid, into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard let target = destination.baseAddress, !rows.isEmpty else { return }
    let rowLength = grid.chunk[0]
    let inner = grid.counts.dropFirst().reduce(1, *)
    let present = rows.lowerBound / rowLength...(rows.upperBound - 1) / rowLength
    if grid.chunks.count < grid.counts.reduce(1, *) { fill(destination, with: grid.fillValue) }
    for outer in present {
      for number in outer * inner..<(outer + 1) * inner {
        guard let chunk = grid.chunks[number] else { continue }
        try withBytes(of: chunk, in: grid) { bytes in
          copy(bytes, of: number, in: grid, rows: rows, to: target)
        }
      }
    }
  }

  /// Repeats the fill value, or zeros where there is none.
  private func fill(_ destination: UnsafeMutableRawBufferPointer, with value: [UInt8]) {
    guard value.contains(where: { $0 != 0 }) else {
      destination.initializeMemory(as: UInt8.self, repeating: 0)
      return
    }
    for index in destination.indices { destination[index] = value[index % value.count] }
  }

  private func withBytes(
    of chunk: ChunkGrid.Chunk, in grid: ChunkGrid, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws {
    try last.withLock { last in
      if last?.address != chunk.address {
        last = nil
        let stored = try region.bytes(at: chunk.address, count: chunk.storedByteCount)
        let bytes = try grid.filters.undo(
          stored, mask: chunk.filterMask, byteCount: grid.chunkByteCount,
          elementByteCount: grid.elementByteCount)
        last = Unpacked(address: chunk.address, bytes: bytes)
      }
      last?.bytes.withUnsafeBytes(body)
    }
  }

  /// Copies what a chunk has of the rows, one run along the innermost axis after the other.
  private func copy(
    _ bytes: UnsafeRawBufferPointer, of number: Int, in grid: ChunkGrid, rows: Range<Int>,
    to target: UnsafeMutableRawPointer
  ) {
    guard let source = bytes.baseAddress else { return }
    let rank = grid.dataset.count
    var origin = [Int](repeating: 0, count: rank)
    var rest = number
    for axis in (0..<rank).reversed() {
      origin[axis] = rest % grid.counts[axis] * grid.chunk[axis]
      rest /= grid.counts[axis]
    }
    // The part of the chunk that is inside the dataset and, on the first axis, among the rows.
    var ranges = (0..<rank).map { origin[$0]..<min(origin[$0] + grid.chunk[$0], grid.dataset[$0]) }
    ranges[0] = ranges[0].clamped(to: rows)
    guard ranges.allSatisfy({ !$0.isEmpty }) else { return }
    let runByteCount = ranges[rank - 1].count * grid.elementByteCount
    var index = ranges.map(\.lowerBound)
    while true {
      var (from, to) = (0, 0)
      for axis in 0..<rank {
        from = from * grid.chunk[axis] + index[axis] - origin[axis]
        to = to * grid.dataset[axis] + index[axis] - (axis == 0 ? rows.lowerBound : 0)
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
