import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Holds a folder for this run alone, until it is let go or the process ends in whatever way.
struct FolderLock: ~Copyable {
  private let descriptor: Int32

  /// Takes the lock of a folder, a hidden file in it.
  ///
  /// - Throws: ``ExperimentError/inUse(folder:)``; `FileError`.
  init(folder: String) throws {
    let path = "\(folder)/.lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(.create, path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let error: any Error =
        errno == EWOULDBLOCK ? ExperimentError.inUse(folder: folder) : FileError(.create, path)
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  /// Does something while the folder is held.
  func hold<Result>(_ work: () throws -> Result) rethrows -> Result { try work() }

  // The file stays: to remove it would let two others hold two files of one name.
  deinit { close(descriptor) }
}
