import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A plain copy of a file, the least that any conversion has to do.
enum FileCopy {
  /// Bytes that are read and written at a time.
  private static let pieceByteCount = 1 << 20

  /// Copies a file to a name that is free.
  ///
  /// - Parameter synchronizes: whether to wait until the copy is on the disk, as every writer of
  ///   this program does; `cp` does not.
  /// - Throws: `FileError`; `Interrupted`.
  static func copy(_ source: String, to target: String, synchronizes: Bool) throws {
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw FileError(.open, source) }
    defer { close(input) }
    let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw FileError(.create, target) }
    defer { close(output) }
    let buffer = AlignedBuffer<UInt8>(count: pieceByteCount)
    while true {
      try Interruption.check()
      let count = read(input, buffer.baseAddress, pieceByteCount)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(.read, source) }
      if count == 0 { break }
      var written = 0
      while written < count {
        let part = write(output, buffer.baseAddress + written, count - written)
        if part < 0 && errno == EINTR { continue }
        guard part > 0 else { throw FileError(.write, target) }
        written += part
      }
    }
    if synchronizes, fsync(output) != 0 { throw FileError(.synchronize, target) }
  }
}
