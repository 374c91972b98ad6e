#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension String {
  /// The one name of what a path leads to, without links, `.` and `..`; `nil` where nothing is.
  ///
  /// Source: POSIX `realpath`.
  package var realPath: String? {
    guard let real = realpath(self, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
