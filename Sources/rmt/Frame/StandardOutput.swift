import Synchronization
import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Results: the only way anything reaches standard output.
enum StandardOutput {
  private static let readerIsGone = Atomic<Bool>(false)

  /// Writes a line.
  ///
  /// - Throws: `FileError` when standard output is a file on a full disk, and the like. When the
  ///   reader of a pipe has gone (`rmt inspect … | head`) the rest is dropped in silence: files
  ///   that the work still writes come out whole.
  static func print(_ line: String = "") throws(FileError) {
    StandardError.clearStatus()
    guard !readerIsGone.load(ordering: .relaxed) else { return }
    var pending = Array((line + "\n").utf8)[...]
    while !pending.isEmpty {
      let count = pending.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EPIPE { return readerIsGone.store(true, ordering: .relaxed) }
      guard count >= 0 else { throw FileError(.write, "standard output") }
      pending = pending.dropFirst(count)
    }
  }
}
