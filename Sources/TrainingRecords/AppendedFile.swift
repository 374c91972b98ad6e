import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that grows at its end, each piece with one call to the system, so that whoever reads it
/// meanwhile sees whole pieces.
struct AppendedFile: ~Copyable {
  let path: String
  /// Negative once a write has failed.
  private var descriptor: Int32

  /// Opens the file and creates it where there is none.
  ///
  /// - Parameter isNew: whether a file of that name is an error.
  /// - Throws: `FileError`.
  init(path: String, isNew: Bool = false) throws(FileError) {
    self.path = path
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (isNew ? O_EXCL : 0)
    descriptor = open(path, flags, 0o666)
    guard descriptor >= 0 else { throw FileError(.create, path) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends bytes; after a failure there is nothing to append to any more and this does nothing.
  ///
  /// - Throws: `FileError`.
  mutating func append(_ bytes: [UInt8]) throws(FileError) {
    guard descriptor >= 0 else { return }
    var pending = bytes[...]
    while !pending.isEmpty {
      let count = pending.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        let error = FileError(.write, path)
        close(descriptor)
        descriptor = -1
        throw error
      }
      pending = pending.dropFirst(count)
    }
  }

  /// Bytes of the file; `nil` for a pipe or a terminal, which cannot be cut.
  ///
  /// - Throws: `FileError`.
  func regularByteCount() throws(FileError) -> Int? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(.read, path) }
    return status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  /// Cuts the file to its first bytes.
  ///
  /// - Throws: `FileError`.
  func cut(toByteCount count: Int) throws(FileError) {
    guard ftruncate(descriptor, off_t(count)) == 0 else { throw FileError(.write, path) }
  }
}
