/// One aligned buffer from which pieces are handed out once and live as long as the arena.
///
/// Whoever plans a computation asks for all its pieces before the first step; after that nothing is
/// allocated any more.
public final class Arena<Element: BitwiseCopyable>: @unchecked Sendable {
  // Sendable although pieces are mutable: each piece has one owner, who answers for its use.

  private let buffer: AlignedBuffer<Element>
  private var usedCount = 0

  /// An arena for `count` elements, all bits zero; count with ``space(for:)``.
  public init(count: Int) { buffer = AlignedBuffer(count: count) }

  /// Elements the arena holds.
  public var count: Int { buffer.count }

  /// Elements that a piece of `count` takes: rounded up so that the next piece is aligned too.
  public static func space(for count: Int) -> Int {
    let step = max(1, 64 / MemoryLayout<Element>.stride)
    return (count + step - 1) / step * step
  }

  /// The next piece, on a 64-byte boundary.
  public func allocate(_ count: Int) -> UnsafeMutablePointer<Element> {
    let space = Self.space(for: count)
    precondition(usedCount + space <= buffer.count, "the arena was planned too small")
    defer { usedCount += space }
    return buffer.baseAddress + usedCount
  }
}
