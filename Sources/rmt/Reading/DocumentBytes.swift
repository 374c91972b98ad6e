import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a document, from a file, a pipe or standard input.
enum DocumentBytes {
  /// Reads to the end; `-` is standard input.
  ///
  /// - Throws: `FileError`; `Interrupted` when the user asks to stop while nothing arrives.
  static func read(_ path: String) throws -> [UInt8] {
    guard path != "-" else { return try read(descriptor: STDIN_FILENO, path: "standard input") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(.open, path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(.open, path) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(.open, path, code: EISDIR) }
    return try read(descriptor: descriptor, path: path)
  }

  private static func read(descriptor: Int32, path: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      // poll() is never restarted after a signal, as read() is: Ctrl-C at an idle terminal works.
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&request, 1, -1)
      try Interruption.check()
      if ready < 0 && errno == EINTR { continue }
      let count = piece.withUnsafeMutableBytes { buffer in
        #if canImport(Glibc)
          Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #else
          Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(.read, path) }
      guard count > 0 else { return bytes }
      bytes.append(contentsOf: piece[..<count])
    }
  }
}
