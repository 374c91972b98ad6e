/// Bands of a chunked dataset: the rows that one chunk has along the outermost axis.
extension ChunkGrid {
  /// Bytes of one row of the dataset.
  var rowByteCount: Int { dataset.dropFirst().reduce(elementByteCount, *) }

  /// Bytes of a band, of which the dataset's last one may have fewer.
  var bandByteCount: Int { chunk[0] * rowByteCount }

  /// Chunks of a band when all are stored.
  var chunksPerBand: Int { counts.dropFirst().reduce(1, *) }

  /// The dataset's rows of a band.
  func rows(ofBand number: Int) -> Range<Int> {
    number * chunk[0]..<min((number + 1) * chunk[0], dataset[0])
  }

  /// The stored chunks of a band.
  func chunks(ofBand number: Int) -> ArraySlice<(number: Int, chunk: Chunk)> {
    let first = position(ofChunk: number * chunksPerBand)
    return chunks[first..<position(ofChunk: (number + 1) * chunksPerBand)]
  }

  /// How many stored chunks have a smaller number, by bisection.
  private func position(ofChunk number: Int) -> Int {
    var range = 0..<chunks.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range =
        chunks[middle].number < number ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }

  /// The indices of a chunk's first element.
  func origin(ofChunk number: Int) -> [Int] {
    var origin = [Int](repeating: 0, count: dataset.count)
    var rest = number
    for axis in dataset.indices.reversed() {
      origin[axis] = rest % counts[axis] * chunk[axis]
      rest /= counts[axis]
    }
    return origin
  }
}
