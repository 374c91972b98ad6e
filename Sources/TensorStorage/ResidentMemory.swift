#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The memory of this process that is in RAM, the touched pages of mapped files among it.
package enum ResidentMemory {
  /// Bytes now; `nil` where the system does not tell in `/proc`.
  package static var byteCount: Int? {
    text(of: "/proc/self/statm").flatMap { text in
      text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }.map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
  }

  /// The most bytes at any time since the process began; `nil` where the system does not tell.
  package static var peakByteCount: Int? {
    text(of: "/proc/self/status").flatMap { text in
      text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        .flatMap { Int($0.filter(\.isNumber)) }
    }.map { $0 * 1024 }
  }

  /// Lets the highest value begin anew, after preparations that are not to count.
  ///
  /// Where the system has no such thing the value stays.
  package static func forgetPeak() {
    let descriptor = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    _ = [UInt8(ascii: "5")].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }

  /// The text of a small file of the system.
  private static func text(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}
