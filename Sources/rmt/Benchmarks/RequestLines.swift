import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Lines on standard input, each of which asks for something.
struct RequestLines {
  private var pending = 0

  /// Waits for the next line; false at the end of the input.
  ///
  /// - Throws: `Interrupted` when the user asks to stop meanwhile; `FileError`.
  mutating func next() throws -> Bool {
    var piece = [UInt8](repeating: 0, count: 4096)
    while pending == 0 {
      // poll() is never restarted after a signal, as read() is: Ctrl-C while nothing comes works.
      var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      let ready = poll(&request, 1, -1)
      try Interruption.check()
      if ready < 0 && errno == EINTR { continue }
      let count = piece.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(.read, "standard input") }
      guard count > 0 else { return false }
      pending += piece[..<count].count { $0 == UInt8(ascii: "\n") }
    }
    pending -= 1
    return true
  }
}
