import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The text files that a user means by a list of files and folders.
package enum TextFolder {
  /// How deep folders may lie in each other.
  package static let maximumDepth = 64

  /// Every named file and every file in a named folder, hidden ones apart, once, sorted by path.
  ///
  /// A file that is met under several paths, `a` and `./a` or a link to it, has the first of them.
  ///
  /// - Throws: `FileError` when a path is missing or a folder cannot be listed; ``BackgroundError``.
  package static func files(in paths: [String]) throws -> [String] {
    var files: Set<String> = []
    for path in paths { try collect(path, depth: 0, into: &files) }
    let sorted = files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var met: Set<Inode> = []
    return try sorted.filter { path throws(FileError) in
      var status = stat()
      guard stat(path, &status) == 0 else { throw FileError(.open, path) }
      return met.insert(Inode(device: UInt64(status.st_dev), number: UInt64(status.st_ino)))
        .inserted
    }
  }

  /// What a file is on its file system, whatever it is called.
  private struct Inode: Hashable {
    let device: UInt64
    let number: UInt64
  }

  private static func collect(_ path: String, depth: Int, into files: inout Set<String>) throws {
    guard depth <= maximumDepth else { throw BackgroundError.tooDeep(path: path) }
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileError(.open, path) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: files.insert(path)
    case S_IFDIR:
      for name in try names(in: path) where !name.hasPrefix(".") {
        let child = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
        // A link to a folder may lead back up; links to files are files.
        var linkStatus = stat()
        var targetStatus = stat()
        guard lstat(child, &linkStatus) == 0, stat(child, &targetStatus) == 0 else { continue }
        let target = targetStatus.st_mode & S_IFMT
        if target == S_IFREG || (target == S_IFDIR && linkStatus.st_mode & S_IFMT == S_IFDIR) {
          try collect(child, depth: depth + 1, into: &files)
        }
      }
    default: throw BackgroundError.noText(path: path)
    }
  }

  private static func names(in folder: String) throws -> [String] {
    guard let stream = opendir(folder) else { throw FileError(.list, folder) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      names.append(name)
    }
    return names
  }
}
