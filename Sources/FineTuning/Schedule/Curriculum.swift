/// The stages of a run: short documents first, each stage from the best weights of the one before.
///
/// Source: "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062, §4.2.
public struct Curriculum: Sendable, Hashable {
  /// One stage of a curriculum.
  public struct Stage: Sendable, Hashable {
    /// Its place in the curriculum, from 1.
    public let number: Int
    /// Segments of a document; `nil` for documents of any length.
    public let segmentCount: Int?
    /// Optimizer steps.
    public let stepCount: Int
    /// Whether a batch has a random number of segments, from one up to ``segmentCount``.
    public let mixesLengths: Bool
  }

  /// The stages, in order.
  public let stages: [Stage]

  /// A curriculum over segment counts.
  ///
  /// - Parameters:
  ///   - segmentCounts: segments in each stage, rising; empty for one stage of documents of any
  ///     length.
  ///   - stepCounts: steps of each stage, or one number for all of them.
  ///   - mixesLengths: whether stages mix lengths.
  /// - Throws: ``CurriculumError``.
  public init(
    segmentCounts: [Int], stepCounts: [Int], mixesLengths: Bool
  ) throws(CurriculumError) {
    let counts: [Int?] = segmentCounts.isEmpty ? [nil] : segmentCounts
    for (index, count) in segmentCounts.enumerated() {
      guard (1...Self.maximumSegmentCount).contains(count) else {
        throw .segmentCountOutOfRange(count)
      }
      guard index == 0 || segmentCounts[index - 1] < count else {
        throw .segmentCountsNotRising(segmentCounts)
      }
    }
    guard stepCounts.count == 1 || stepCounts.count == counts.count else {
      throw .stepCountsDoNotMatch(stepCounts: stepCounts.count, stages: counts.count)
    }
    for count in stepCounts {
      guard (1...Self.maximumStepCount).contains(count) else { throw .stepCountOutOfRange(count) }
    }
    guard !mixesLengths || !segmentCounts.isEmpty else { throw .lengthMixingWithoutSegmentCounts }
    stages = counts.enumerated().map { index, count in
      Stage(
        number: index + 1, segmentCount: count,
        stepCount: stepCounts.count == 1 ? stepCounts[0] : stepCounts[index],
        mixesLengths: mixesLengths)
    }
  }

  package static let maximumSegmentCount = 1 << 20
  package static let maximumStepCount = 1 << 40
}
