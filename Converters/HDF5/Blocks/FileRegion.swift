import TensorStorage

/// The bytes of one HDF5 file inside a file of the system: all of it, or a member of an archive.
struct FileRegion: Sendable {
  let file: RandomAccessFile
  /// Where address 0 is: behind a user block, if there is one.
  let origin: Int
  /// Bytes from ``origin`` on.
  let byteCount: Int

  /// Whether `count` bytes from an address on are in the file.
  func holds(_ count: UInt64, at address: UInt64) -> Bool {
    let (end, overflow) = address.addingReportingOverflow(count)
    return !overflow && end <= UInt64(byteCount)
  }

  /// Fills `destination` with values whose place has been checked.
  func read(at address: UInt64, into destination: UnsafeMutableRawBufferPointer) throws {
    try file.read(at: origin + Int(address), into: destination)
  }

  /// Bytes whose place has been checked.
  func bytes(at address: UInt64, count: Int) throws -> [UInt8] {
    let start = origin + Int(address)
    return try file.bytes(in: start..<start + count)
  }
}
