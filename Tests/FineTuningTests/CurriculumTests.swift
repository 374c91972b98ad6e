import FineTuning
import ModelSchema
import Testing

@Suite struct CurriculumTests {
  @Test func `one number of steps serves all stages`() throws {
    let curriculum = try Curriculum(segmentCounts: [1, 2, 4], stepCounts: [7], mixesLengths: true)
    #expect(curriculum.stages.map(\.segmentCount) == [1, 2, 4])
    #expect(curriculum.stages.map(\.stepCount) == [7, 7, 7])
    #expect(curriculum.stages.map(\.number) == [1, 2, 3])
    #expect(curriculum.stages.map(\.mixesLengths) == [true, true, true])
  }

  @Test func `without segment counts there is one stage of any length`() throws {
    let curriculum = try Curriculum(segmentCounts: [], stepCounts: [3], mixesLengths: false)
    #expect(curriculum.stages.map(\.segmentCount) == [nil])
  }

  @Test func `contradictions are named`() {
    func error(_ counts: [Int], _ steps: [Int], mixes: Bool = false) -> CurriculumError? {
      do throws(CurriculumError) {
        _ = try Curriculum(segmentCounts: counts, stepCounts: steps, mixesLengths: mixes)
        return nil
      } catch { return error }
    }
    #expect(error([2, 1], [5]) == .segmentCountsNotRising([2, 1]))
    #expect(error([0], [5]) == .segmentCountOutOfRange(0))
    #expect(error([.max], [5]) == .segmentCountOutOfRange(.max))
    #expect(error([1, 2, 4], [5, 6]) == .stepCountsDoNotMatch(stepCounts: 2, stages: 3))
    #expect(error([1, 2], []) == .stepCountsDoNotMatch(stepCounts: 0, stages: 2))
    #expect(error([1], [0]) == .stepCountOutOfRange(0))
    #expect(error([], [5], mixes: true) == .lengthMixingWithoutSegmentCounts)
  }

  @Test func `decay of matrices spares bias and norms`() {
    let roles: [ParameterDescription.Role] = [
      .embedding, .weight, .bias, .gain, .normBias, .memory,
    ]
    #expect(
      roles.map { WeightDecayScope.matrices.includes($0) }
        == [true, true, false, false, false, true])
    #expect(roles.allSatisfy { WeightDecayScope.all.includes($0) })
  }
}
