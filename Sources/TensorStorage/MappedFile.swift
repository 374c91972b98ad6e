#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file mapped read-only into memory; opening costs the same for every size.
public final class MappedFile: @unchecked Sendable {
  // Sendable although it holds a pointer: the mapping is read-only and lives as long as the object.

  /// Where the file is.
  public let path: String
  /// The whole file; valid while this object lives.
  public let bytes: UnsafeRawBufferPointer

  /// Maps a regular file.
  ///
  /// - Throws: ``FileError`` when it is missing, unreadable, a folder, or cannot be mapped.
  public init(path: String) throws(FileError) {
    // O_NONBLOCK: a pipe must be refused below, not waited for; regular files do not heed it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(.open, path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(.open, path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(.open, path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    self.path = path
    let byteCount = Int(status.st_size)
    guard byteCount > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let base = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
      base != UnsafeMutableRawPointer(bitPattern: -1)
    else { throw FileError(.map, path) }
    bytes = UnsafeRawBufferPointer(start: base, count: byteCount)
  }

  /// Reads a part of the file into memory now, so that nobody waits for a page of it later.
  ///
  /// - Parameter part: a part of ``bytes``; the pages that lie in it as a whole are meant.
  public func loadMemory(of part: UnsafeRawBufferPointer) {
    #if os(Linux)
      let populateForReading: Int32 = 22  // MADV_POPULATE_READ, since Linux 5.14
      advise(populateForReading, for: part)
    #else
      advise(MADV_WILLNEED, for: part)
    #endif
  }

  /// Lets go of the memory that a part of the file was read into; it is read again when it is needed.
  ///
  /// - Parameter part: a part of ``bytes``; the pages that lie in it as a whole are meant.
  public func releaseMemory(of part: UnsafeRawBufferPointer) {
    advise(MADV_DONTNEED, for: part)
  }

  /// Tells the system about the pages that lie in a part as a whole; that it cannot heed is no error.
  private func advise(_ advice: Int32, for part: UnsafeRawBufferPointer) {
    guard let start = part.baseAddress else { return }
    let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (Int(bitPattern: start) + pageSize - 1) / pageSize * pageSize
    let end = (Int(bitPattern: start) + part.count) / pageSize * pageSize
    guard first < end else { return }
    madvise(UnsafeMutableRawPointer(bitPattern: first), end - first, advice)
  }

  deinit {
    if let base = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }
}
