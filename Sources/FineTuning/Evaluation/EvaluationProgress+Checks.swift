/// What progress from a file must be before a run goes on from it: exactly what the run itself would
/// have counted there, so that nothing can overflow, be measured twice or be left out.
extension EvaluationProgress {
  /// Whether nothing is left to be measured.
  func isWhole(of sections: [EvaluationSection]) -> Bool {
    section == sections.count && firstSample == 0 && pass == 0 && finishedRowCount == 0
      && isPossible(in: sections, pass: nil)
  }

  /// Whether a run over these sections has these sums when it is here.
  ///
  /// - Parameter pass: the pass that is under way; `nil` when a section has no samples, or none is
  ///   left.
  func isPossible(in sections: [EvaluationSection], pass: EvaluationPass?) -> Bool {
    guard finishedRowCount <= pass?.rows.count ?? 0 else { return false }
    let finishedRows = (pass?.rows.lowerBound ?? 0) + finishedRowCount
    var index = 0
    for (number, other) in sections.enumerated() {
      for row in other.rows.indices {
        let count: Int
        if number == section {
          count =
            firstSample + (row < finishedRows ? pass?.samples.count ?? 0 : 0)
        } else {
          count = number < section ? other.sampleCount : 0
        }
        guard isRow(index, row, of: other, at: count, canBeDone: number <= section) else {
          return false
        }
        // The rows of a section without samples are put away one after another.
        if number < section, !isRowDone[index] { return false }
        index += 1
      }
    }
    return true
  }

  /// Whether a row's sums are those of its first `sampleCount` samples.
  private func isRow(
    _ index: Int, _ row: Int, of section: EvaluationSection, at sampleCount: Int, canBeDone: Bool
  ) -> Bool {
    let sum = sums[index]
    let isComplete = canBeDone && sampleCount == section.sampleCount
    guard sum.sampleCount == sampleCount, !isRowDone[index] || isComplete,
      isRowDone[index] || !isComplete || sampleCount == 0,
      residentByteCounts[index].map({ $0 >= 0 && isRowDone[index] }) ?? true
    else { return false }
    let tokenCount = (0..<sampleCount).reduce(0) { $0 + section.rows[row].document($1).tokenCount }
    return sum.tokenCount == tokenCount
  }
}
