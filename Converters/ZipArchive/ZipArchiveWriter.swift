import TensorStorage

/// Streams members into a zip archive that appears under its name whole or not at all.
package struct ZipArchiveWriter: ~Copyable {
  private var output: AtomicFileWriter
  /// The members so far.
  package private(set) var records: [ZipRecord] = []

  /// Begins an archive.
  ///
  /// - Parameters:
  ///   - path: the file's final name.
  ///   - collision: what to do when it is taken.
  /// - Throws: `FileError`.
  package init(path: String, collision: AtomicFileWriter.Collision) throws(FileError) {
    output = try AtomicFileWriter(path: path, collision: collision)
  }

  /// Opens a member of a size that is known; exactly so many bytes must follow.
  package mutating func begin(_ name: String, byteCount: Int) throws(FileError) {
    let record = ZipRecord(name: Array(name.utf8), byteCount: byteCount, offset: output.byteCount)
    records.append(record)
    try output.write(record.localHeader)
  }

  /// Appends bytes to the open member.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    records[records.count - 1].checksum = ZipChecksum.value(
      of: bytes, after: records[records.count - 1].checksum)
    try output.write(bytes)
  }

  /// Closes the open member.
  package mutating func end() throws(FileError) {
    try output.write(records[records.count - 1].dataDescriptor)
  }

  /// Writes a small member whole.
  package mutating func add(_ name: String, _ bytes: [UInt8]) throws(FileError) {
    try begin(name, byteCount: bytes.count)
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(FileError) in try write(buffer) }
    }
    try result.get()
    try end()
  }

  /// Writes the directory and puts the file in place.
  package consuming func finish() throws(FileError) {
    let directoryOffset = output.byteCount
    for record in records { try output.write(record.centralHeader) }
    let directoryByteCount = output.byteCount - directoryOffset
    try output.write(
      ZipRecord.end(
        recordCount: records.count, directoryOffset: directoryOffset,
        directoryByteCount: directoryByteCount))
    try output.commit()
  }
}
