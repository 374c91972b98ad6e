import Randomness

/// Disturbs the memories that segments hand on while a model trains, so that it learns to mend them.
///
///     M ← (1 − α)·M + α·M′,  α ~ U(0, 0.4)
///
/// M is what a segment hands on, M′ what another document handed to its last segment, one that was read
/// before it in the same optimizer step. The larger share and the label stay the document's own, and M′
/// is a constant to the gradient. Documents that are read before all others are left as they are.
///
/// Without it a memory may be held for as many segments as a model was trained on and lost some dozens
/// later: one label's memory drifts, slowly and with every document alike, into another's. A model that
/// has to undo larger steps in just these directions holds it longer.
///
/// Source: after Verma et al., "Manifold Mixup", arXiv 1806.05236, which mixes labels as well.
package struct MemoryMixup: Sendable {
  /// The largest α: below half, so that the own memory always outweighs the other.
  package static let largestShare = 0.4

  /// How often a memory that is handed on is disturbed.
  package let probability: Double
  private let generator: Philox

  /// The mixup of one optimizer step, whose generator decides everything that is drawn.
  package init(probability: Double, generator: Philox) {
    self.probability = probability
    self.generator = generator
  }

  /// What is mixed into a memory: how much, and which of the memories that there are.
  struct Share {
    /// α.
    let share: Double
    /// The number of M′.
    let other: Int
  }

  /// What is mixed into the memory that a segment of a sample hands on; `nil` where it is left.
  ///
  /// A function of its arguments: the way back asks for what the way there drew.
  func share(segment: UInt32, sample: UInt32, otherCount: Int) -> Share? {
    guard otherCount > 0 else { return nil }
    var stream = RandomStream(generator.derived(SIMD4(segment, sample, 0, 0)))
    guard stream.uniform() < probability else { return nil }
    return Share(
      share: stream.uniform() * Self.largestShare, other: stream.index(below: otherCount))
  }
}
