import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finds out before the work, not after it, that an output cannot be put where it should.
enum OutputCheck {
  /// Checks the name of a file that will be written.
  ///
  /// - Throws: `FileError` when the name is taken and may not be replaced, is a folder, or lies in a
  ///   folder that is missing or not writable.
  static func file(_ path: String, collision: AtomicFileWriter.Collision) throws(FileError) {
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw FileError(.write, path, code: EISDIR) }
      if collision == .keepExisting { throw FileError(.create, path, code: EEXIST) }
    }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    guard access(folder.isEmpty ? "/" : folder, W_OK | X_OK) == 0 else {
      throw FileError(.create, path)
    }
  }
}
