import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Messages and the one line of progress; both share the terminal, so both go through here.
enum StandardError {
  /// Whether a person watches; a pipe, a file and a dumb terminal get no progress line.
  static let isTerminal: Bool =
    isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"

  private static let statusIsShown = Mutex(false)

  /// Writes a line of its own.
  ///
  /// Nothing can be done when that fails, so nothing is.
  static func print(_ line: String) {
    statusIsShown.withLock { isShown in
      emit((isShown ? "\r\u{1B}[K" : "") + line + "\n")
      isShown = false
    }
  }

  /// Shows a status line in place of the one before.
  static func showStatus(_ line: String) {
    guard isTerminal else { return }
    statusIsShown.withLock { isShown in
      emit("\r\u{1B}[K" + line)
      isShown = true
    }
  }

  /// Takes the status line away.
  static func clearStatus() {
    statusIsShown.withLock { isShown in
      if isShown { emit("\r\u{1B}[K") }
      isShown = false
    }
  }

  /// Columns of the terminal.
  static var columnCount: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private static func emit(_ text: String) {
    var pending = Array(text.utf8)[...]
    while !pending.isEmpty {
      let count = pending.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      pending = pending.dropFirst(count)
    }
  }
}
