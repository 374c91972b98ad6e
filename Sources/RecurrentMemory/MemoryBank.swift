import Kernels
import TensorStorage

/// Memories of the documents that were read last in an optimizer step, for ``MemoryMixup``.
final class MemoryBank<Scalar: KernelScalar> {
  /// The most that are kept; enough for every label to be among them as a rule.
  private static var capacity: Int { 16 }

  /// How many there are.
  private(set) var count = 0
  private var next = 0
  private let stride: Int
  private let arena: Arena<Scalar>
  private let memories: UnsafeMutablePointer<Scalar>
  private let zeros: UnsafeMutablePointer<Scalar>

  /// Room for memories of m·d numbers.
  init(memoryElementCount: Int) {
    stride = memoryElementCount
    let count = Self.capacity * memoryElementCount
    arena = Arena(
      count: Arena<Scalar>.space(for: count) + Arena<Scalar>.space(for: memoryElementCount))
    memories = arena.allocate(count)
    zeros = arena.allocate(memoryElementCount)
    // Touched here, not in the middle of a run.
    memories.update(repeating: 0, count: count)
    zeros.update(repeating: 0, count: memoryElementCount)
  }

  /// Forgets them all.
  func clear() { (count, next) = (0, 0) }

  /// Keeps a copy of a memory, in place of the oldest when there is no room.
  func keep(_ memory: UnsafePointer<Scalar>) {
    (memories + next * stride).update(from: memory, count: stride)
    next = (next + 1) % Self.capacity
    count = min(count + 1, Self.capacity)
  }

  /// M ← (1 − α)·M + α·M′ for a memory M.
  func mix(_ share: MemoryMixup.Share, into memory: UnsafeMutablePointer<Scalar>) {
    Scalar.blend(
      memories + share.other * stride, share: Scalar(share.share), into: memory, count: stride)
  }

  /// The way back of ``mix(_:into:)``: ∂L/∂M ← (1 − α)·∂L/∂M.
  func mixGradient(_ share: MemoryMixup.Share, at gradient: UnsafeMutablePointer<Scalar>) {
    Scalar.blend(zeros, share: Scalar(share.share), into: gradient, count: stride)
  }
}
