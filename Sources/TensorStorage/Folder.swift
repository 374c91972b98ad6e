#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder of the file system.
package struct Folder {
  package let path: String

  package init(path: String) { self.path = path }

  /// The folder that the last name of a path lies in.
  package init(containing path: String) {
    guard let slash = path.lastIndex(of: "/") else {
      self.path = "."
      return
    }
    self.path = slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Has the disk hold the names that were made, changed or removed in the folder.
  ///
  /// Not every file system can; one that cannot is let be.
  package func synchronize() {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
