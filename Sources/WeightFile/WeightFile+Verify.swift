import TensorStorage

extension WeightFile {
  /// Reads the whole file and checks every checksum and all padding.
  ///
  /// The bytes come through `pread` and not through the mapping, so a file that is cut meanwhile
  /// becomes an error, and memory does not grow with the file.
  ///
  /// - Parameter progress: told the bytes read so far and the file's; throwing stops.
  /// - Throws: ``WeightFileError`` that names the damaged tensor and its bytes; `FileError`; what
  ///   `progress` throws.
  public func verify(
    progress: (_ doneByteCount: Int, _ totalByteCount: Int) throws -> Void = { _, _ in }
  ) throws {
    let source = try RandomAccessFile(path: path)
    guard source.byteCount == byteCount else {
      throw WeightFileError(
        path: path, .fileByteCount(stated: UInt64(byteCount), actual: source.byteCount))
    }
    let header = try source.bytes(in: 0..<preamble.headerEnd)
    let actual = header.withUnsafeBytes { WeightFilePreamble.checksum(ofHeader: $0) }
    guard actual == preamble.headerChecksum else {
      throw WeightFileError(
        path: path, .headerChecksum(stated: preamble.headerChecksum, actual: actual))
    }
    let piece = AlignedBuffer<UInt8>(count: min(byteCount, 1 << 20))
    var checksum = StreamingChecksum()
    var end = preamble.headerEnd
    for entry in entries {
      // Padding goes up to where the next tensor's place is, also when that tensor is empty.
      try checkPadding(end..<max(end, entry.bytes.lowerBound), of: source)
      checksum.reset()
      var offset = entry.bytes.lowerBound
      while offset < entry.bytes.upperBound {
        let count = min(piece.count, entry.bytes.upperBound - offset)
        let destination = UnsafeMutableRawBufferPointer(start: piece.baseAddress, count: count)
        try source.read(at: offset, into: destination)
        checksum.update(UnsafeRawBufferPointer(destination))
        offset += count
        try progress(offset, byteCount)
      }
      let actual = Checksum(checksum.value)
      guard actual == entry.checksum else {
        throw WeightFileError(
          path: path,
          .damagedTensor(
            tensor: entry.tensor.name, bytes: entry.bytes, stated: entry.checksum, actual: actual))
      }
      end = max(end, entry.bytes.upperBound)
    }
    try checkPadding(end..<byteCount, of: source)
    try progress(byteCount, byteCount)
  }

  private func checkPadding(_ range: Range<Int>, of source: RandomAccessFile) throws {
    let padding = try source.bytes(in: range)
    if let index = padding.firstIndex(where: { $0 != 0 }) {
      throw WeightFileError(path: path, .padding(byteOffset: range.lowerBound + index))
    }
  }
}
