#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes a file that appears under its name whole or not at all.
///
/// Bytes go to a file without a name where the system has such files (`O_TMPFILE` of Linux), else to a
/// temporary sibling; ``commit()`` synchronises it, puts it in place and synchronises the folder. A
/// writer that is dropped before that leaves nothing, and neither does a process that is killed while
/// it writes a file without a name. Only to replace a file does that one take a sibling's name, for
/// the moment before it is renamed: a kill right there leaves a whole file under a name that ends in
/// `.partial`. The file's mode honours the process's umask.
public struct AtomicFileWriter: ~Copyable {
  /// What to do when the final name is taken.
  public enum Collision: Sendable {
    /// Keep what is there and fail.
    case keepExisting
    /// Replace it in one step.
    case replace
  }

  /// The final name.
  public let path: String
  /// Bytes written so far.
  public private(set) var byteCount = 0
  /// The sibling's name; `nil` while the file has no name.
  private var temporaryPath: String?
  private let descriptor: Int32
  private let collision: Collision
  private let buffer = AlignedBuffer<UInt8>(count: 1 << 20)
  private var bufferedByteCount = 0
  private var committed = false

  /// Opens the temporary sibling.
  ///
  /// - Throws: ``FileError`` when the folder cannot be written, when the name belongs to a folder or
  ///   a device, or when it is taken and `collision` is ``Collision/keepExisting``.
  public init(path: String, collision: Collision) throws(FileError) {
    self.path = path
    self.collision = collision
    Self.turnFileSizeSignalIntoError()
    var status = stat()
    // lstat: a link that points nowhere takes the name too.
    if collision == .keepExisting, lstat(path, &status) == 0 {
      throw FileError(.create, path, code: EEXIST)
    }
    // A device such as /dev/null must never be replaced by a file, nor a folder be found at the end.
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw FileError(.create, path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    let nameless = Self.openWithoutName(in: Folder(containing: path).path)
    if nameless >= 0 {
      descriptor = nameless
    } else {
      var opened: Int32 = -1
      temporaryPath = try Self.takeSiblingName(of: path) { candidate in
        opened = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        return opened >= 0
      }
      descriptor = opened
    }
  }

  deinit {
    close(descriptor)
    if !committed, let temporaryPath { unlink(temporaryPath) }
  }

  /// Appends bytes.
  ///
  /// - Throws: ``FileError`` when the system fails, for example because the disk is full.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard let base = bytes.baseAddress else { return }
    byteCount += bytes.count
    if bytes.count > buffer.count - bufferedByteCount { try flush() }
    guard bytes.count <= buffer.count - bufferedByteCount else { return try writeThrough(bytes) }
    (buffer.baseAddress + bufferedByteCount).update(
      from: base.assumingMemoryBound(to: UInt8.self), count: bytes.count)
    bufferedByteCount += bytes.count
  }

  /// Appends bytes.
  public mutating func write(_ bytes: some Collection<UInt8>) throws(FileError) {
    let array = Array(bytes)
    let result = array.withUnsafeBytes { buffer in
      Result { () throws(FileError) in try write(buffer) }
    }
    try result.get()
  }

  /// Appends zeros up to the next multiple of `alignment`.
  public mutating func pad(toMultipleOf alignment: Int) throws(FileError) {
    let remainder = byteCount % alignment
    guard remainder != 0 else { return }
    try write([UInt8](repeating: 0, count: alignment - remainder))
  }

  /// Replaces bytes that were written before, such as a header whose checksums are known at the end.
  ///
  /// - Throws: ``FileError`` when the system fails.
  public mutating func overwrite(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    precondition(
      offset >= 0 && offset + bytes.count <= byteCount, "only written bytes can be replaced")
    try flush()
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(offset + done))
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(.write, path) }
      done += count
    }
  }

  /// Puts the file in place.
  ///
  /// - Throws: ``FileError``; the final name then still holds what it held before.
  public consuming func commit() throws(FileError) {
    try flush()
    guard fsync(descriptor) == 0 else { throw FileError(.synchronize, path) }
    switch collision {
    case .replace:
      let sibling = try nameSibling()
      guard rename(sibling, path) == 0 else { throw FileError(.rename, path) }
    case .keepExisting:
      // A link fails when somebody took the name meanwhile; where links are not to be had, the
      // check is repeated and the file renamed.
      if putUnderName(path) {
        if let temporaryPath { unlink(temporaryPath) }
      } else if errno == EEXIST || access(path, F_OK) == 0 {
        throw FileError(.create, path, code: EEXIST)
      } else {
        let sibling = try nameSibling()
        guard rename(sibling, path) == 0 else { throw FileError(.rename, path) }
      }
    }
    committed = true
    Folder(containing: path).synchronize()
  }

  /// Opens a file that has no name and goes with its descriptor; negative where there are none, on
  /// other systems and on file systems such as NFS.
  private static func openWithoutName(in folder: String) -> Int32 {
    #if os(Linux)
      // O_TMPFILE, which is no plain constant in C: __O_TMPFILE, the same on x86 and ARM, and the
      // bit of O_DIRECTORY, at which kernels that do not know the former fail. A link to the file
      // is made through /proc.
      let withoutName = 0o20000000 | O_DIRECTORY
      guard access("/proc/self/fd", X_OK) == 0 else { return -1 }
      return open(folder, withoutName | O_WRONLY | O_CLOEXEC, 0o666)
    #else
      return -1
    #endif
  }

  /// Has `take` make something under a sibling's name that is free; returns the name.
  ///
  /// The process id keeps two runs apart; what is left over from a killed one is passed by.
  private static func takeSiblingName(
    of path: String, _ take: (String) -> Bool
  ) throws(FileError) -> String {
    for attempt in 0...100 {
      let candidate = "\(path).\(getpid())-\(attempt).partial"
      if take(candidate) { return candidate }
      guard errno == EEXIST else { break }
    }
    throw FileError(.create, path)
  }

  /// Gives the file another name that must be free; false, with the system's error number, when not.
  private func putUnderName(_ name: String) -> Bool {
    if let temporaryPath { return link(temporaryPath, name) == 0 }
    return linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0
  }

  /// The sibling's name, which a file without one is given now.
  private mutating func nameSibling() throws(FileError) -> String {
    if let temporaryPath { return temporaryPath }
    let name = try Self.takeSiblingName(of: path) { putUnderName($0) }
    temporaryPath = name
    return name
  }

  /// Lets a write beyond the process's file-size limit fail instead of ending the process.
  ///
  /// There the system sends a signal; where that is ignored, the write fails with EFBIG. A handler
  /// that the program installed stays.
  private static func turnFileSizeSignalIntoError() {
    var action = sigaction()
    guard sigaction(SIGXFSZ, nil, &action) == 0 else { return }
    #if canImport(Glibc)
      let isDefault = action.__sigaction_handler.sa_handler == nil
    #else
      let isDefault = action.__sigaction_u.__sa_handler == nil
    #endif
    if isDefault { signal(SIGXFSZ, SIG_IGN) }
  }

  private mutating func flush() throws(FileError) {
    let pending = UnsafeRawBufferPointer(
      UnsafeBufferPointer(start: buffer.baseAddress, count: bufferedByteCount))
    bufferedByteCount = 0
    try writeThrough(pending)
  }

  private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let portion = min(bytes.count - done, 1 << 30)  // macOS refuses more than 2 GiB in one call
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, base + done, portion)
      #else
        let count = Darwin.write(descriptor, base + done, portion)
      #endif
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(.write, path) }
      done += count
    }
  }
}
