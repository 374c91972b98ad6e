/// The accuracy that the paper reports, by task and number of segments.
///
/// A BERT-base trained on up to seven segments of 512 positions, facts in the first segment. Source:
/// "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062.
package struct PublishedAccuracy: Sendable {
  /// The task's name here, and the paper's.
  package let task: String
  package let title: String
  /// The share of right answers when the answer is drawn.
  package let chance: Double
  private let percentages: [Double]

  /// Positions of the segments that were measured.
  package static let segmentPositions = 512
  /// What to say of them beside figures of segments of those sizes: nothing where they are the same.
  package static func segmentNote(beside sizes: Set<Int>) -> String {
    sizes == [segmentPositions] ? "" : ", \(segmentPositions) positions"
  }

  /// The lengths that were measured.
  package static let segmentCounts = (0...12).map { 1 << $0 }

  /// The paper's tasks.
  package static let all = [
    PublishedAccuracy(
      task: "memorize", title: "Memorize", chance: 1 / 6,
      percentages: [
        100, 100, 100, 100, 99.98, 99.23, 98.23, 96.50, 95.21, 93.19, 92.69, 90.41, 90.56,
      ]),
    PublishedAccuracy(
      task: "detect", title: "Detect & Memorize", chance: 1 / 6,
      percentages: [
        100, 100, 100, 100, 99.90, 99.81, 99.71, 98.85, 98.47, 98.56, 97.08, 97.08, 96.07,
      ]),
    PublishedAccuracy(
      task: "reason", title: "Reasoning", chance: 1 / 6,
      percentages: [
        54.4, 100, 99.90, 97.35, 93.18, 91.55, 89.32, 87.35, 87.57, 84.83, 83.52, 83.45, 81.90,
      ]),
  ]

  /// What the paper reports of a task; `nil` for a task that it does not have.
  package init?(task: String) {
    guard let known = Self.all.first(where: { $0.task == task }) else { return nil }
    self = known
  }

  private init(task: String, title: String, chance: Double, percentages: [Double]) {
    self.task = task
    self.title = title
    self.chance = chance
    self.percentages = percentages
  }

  /// The accuracy at a length, from 0 to 1; `nil` where it was not measured.
  package func accuracy(segmentCount: Int) -> Double? {
    Self.segmentCounts.firstIndex(of: segmentCount).map { percentages[$0] / 100 }
  }
}
