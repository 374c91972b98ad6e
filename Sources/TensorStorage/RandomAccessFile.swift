#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file open for reading at any offset; a short read is an error and never a trap.
///
/// Foreign files are read this way and not mapped: a file that shrinks while it is read becomes an
/// error here, where a mapping would end the process.
public final class RandomAccessFile: Sendable {
  /// Where the file is.
  public let path: String
  /// Its size when it was opened, in bytes.
  public let byteCount: Int
  private let descriptor: Int32

  /// Opens a regular file.
  ///
  /// - Throws: ``FileError`` when it is missing, unreadable or a folder.
  public init(path: String) throws(FileError) {
    // O_NONBLOCK: a pipe must be refused below, not waited for; regular files do not heed it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(.open, path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = FileError(.open, path)
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError(.open, path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Fills `destination` with the bytes from `offset` on.
  ///
  /// - Throws: ``FileError`` when the system fails or the file ends first.
  public func read(
    at offset: Int, into destination: UnsafeMutableRawBufferPointer
  ) throws(FileError) {
    guard let base = destination.baseAddress else { return }
    var done = 0
    while done < destination.count {
      // One call reads at most 2 GiB less a page on Linux and refuses more on macOS.
      let portion = min(destination.count - done, 1 << 30)
      let count = pread(descriptor, base + done, portion, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(.read, path) }
      guard count > 0 else { throw FileError(.read, path, code: 0) }
      done += count
    }
  }

  /// The bytes of a range that the caller has checked against ``byteCount``.
  public func bytes(in range: Range<Int>) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    let result = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(FileError) in try read(at: range.lowerBound, into: buffer) }
    }
    try result.get()
    return bytes
  }
}
