#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Zeroed memory on a 64-byte boundary that frees itself; the unit in which the engine owns numbers.
///
/// The buffer is lent as raw pointers because kernels take pointers; whoever lends it keeps it alive.
public struct AlignedBuffer<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  // Sendable although it holds a pointer: it is the only owner, and it cannot be copied.

  /// Elements the buffer holds.
  public let count: Int
  /// The first element.
  public let baseAddress: UnsafeMutablePointer<Element>

  /// Memory for `count` elements, all bits zero.
  ///
  /// Every page is touched here, so that none is touched
  /// for the first time while the engine works.
  public init(count: Int) {
    precondition(count >= 0, "a buffer of \(count) elements")
    self.count = count
    let byteCount = max(64, (count * MemoryLayout<Element>.stride + 63) / 64 * 64)
    // Large buffers start on a huge page's boundary and ask for huge pages where there are any.
    var memory: UnsafeMutableRawPointer?
    precondition(
      posix_memalign(&memory, byteCount >= 1 << 21 ? 1 << 21 : 64, byteCount) == 0,
      "no memory for \(byteCount) bytes")
    guard let memory else { preconditionFailure("no memory for \(byteCount) bytes") }
    #if os(Linux)
      if byteCount >= 1 << 21 { madvise(memory, byteCount, MADV_HUGEPAGE) }
    #endif
    memset(memory, 0, byteCount)
    baseAddress = memory.bindMemory(to: Element.self, capacity: count)
  }

  deinit { free(baseAddress) }

  /// All elements.
  public var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: baseAddress, count: count)
  }
}
