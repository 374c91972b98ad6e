import Kernels
import TensorStorage

/// The memories that a group's samples carry from segment to segment.
///
/// One slot, `[group, m, d]`, is enough to go forward. To compute segments a second time, each step
/// has a slot of its own, `[steps, group, m, d]`: what enters step e stays there until its way back.
final class BoundaryMemories<Scalar: KernelScalar> {
  /// Elements reserved.
  private(set) var elementCount: Int
  private let sampleStride: Int
  private var slotStride = 0
  private var arena: Arena<Scalar>
  private var slots: UnsafeMutablePointer<Scalar>

  /// Room for one step.
  ///
  /// - Parameter memoryElementCount: m·d.
  init(samplesPerGroup: Int, memoryElementCount: Int) {
    sampleStride = memoryElementCount
    elementCount = samplesPerGroup * memoryElementCount
    arena = Arena(count: Arena<Scalar>.space(for: elementCount))
    slots = arena.allocate(elementCount)
  }

  /// Makes room for a group; nothing is reserved when one as large was there before.
  func begin(stepCount: Int, sampleCount: Int, keepsEveryStep: Bool) {
    slotStride = keepsEveryStep ? sampleCount * sampleStride : 0
    guard stepCount * slotStride > elementCount else { return }
    elementCount = stepCount * slotStride
    arena = Arena(count: Arena<Scalar>.space(for: elementCount))
    slots = arena.allocate(elementCount)
  }

  /// The memory that a sample brings to a step, m·d numbers.
  func entering(step: Int, sample: Int) -> UnsafeMutablePointer<Scalar> {
    slots + step * slotStride + sample * sampleStride
  }
}
