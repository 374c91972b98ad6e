import ModelSchema
import Randomness
import Testing

@testable import FineTuning

@Suite struct CurriculumTests {
  @Test func `one number of steps serves all stages`() throws {
    let curriculum = try Curriculum(segmentCounts: [1, 2, 4], stepCounts: [7], mixing: .uniform)
    #expect(curriculum.stages.map(\.segmentCount) == [1, 2, 4])
    #expect(curriculum.stages.map(\.stepCount) == [7, 7, 7])
    #expect(curriculum.stages.map(\.number) == [1, 2, 3])
    #expect(curriculum.stages.map(\.mixing) == [.uniform, .uniform, .uniform])
  }

  @Test func `without segment counts there is one stage of any length`() throws {
    let curriculum = try Curriculum(segmentCounts: [], stepCounts: [3], mixing: .none)
    #expect(curriculum.stages.map(\.segmentCount) == [nil])
  }

  @Test func `contradictions are named`() {
    func error(_ counts: [Int], _ steps: [Int], mixes: Bool = false) -> CurriculumError? {
      do throws(CurriculumError) {
        _ = try Curriculum(
          segmentCounts: counts, stepCounts: steps, mixing: mixes ? .uniform : .none)
        return nil
      } catch { return error }
    }
    #expect(error([2, 1], [5]) == .segmentCountsNotRising([2, 1]))
    #expect(error([0], [5]) == .segmentCountOutOfRange(stage: 1, 0))
    #expect(error([.max], [5]) == .segmentCountOutOfRange(stage: 1, .max))
    #expect(
      error([1, 2, 4], [5, 6]) == .countsDoNotMatch(what: "step counts", count: 2, stages: 3))
    #expect(error([1, 2], []) == .countsDoNotMatch(what: "step counts", count: 0, stages: 2))
    #expect(error([1], [0]) == .stepCountOutOfRange(stage: 1, 0))
    #expect(error([], [5], mixes: true) == .lengthMixingWithoutSegmentCounts)
  }

  @Test func `fewer segments may follow where they are larger`() throws {
    func stage(_ segmentCount: Int, _ positions: Int?) -> Curriculum.Stage {
      var stage = Curriculum.Stage(segmentCount: segmentCount, stepCount: 1)
      stage.segmentPositions = positions.map { $0...$0 }
      return stage
    }
    for last in [stage(2, 128), stage(2, nil), stage(8, 48)] {
      #expect(try Curriculum(stages: [stage(8, 64), last]).stages.count == 2)
    }
    var mixed = stage(8, 64)
    mixed.segmentPositions = 16...64
    #expect(stage(2, 64).goesOn(from: mixed) && !mixed.goesOn(from: stage(16, 64)))
    // A stage that names no size has the run's, where that is known.
    #expect(stage(2, nil).goesOn(from: stage(8, 64), positions: 65))
    #expect(!stage(2, nil).goesOn(from: stage(8, 64), positions: 64))
    for last in [stage(2, 64), stage(2, 48)] {
      #expect(throws: CurriculumError.segmentCountsNotRising([8, 2])) {
        try Curriculum(stages: [stage(8, 64), last])
      }
    }
  }

  @Test(arguments: [1, 2, 7, 8, 64])
  func `mixing draws every length that it may and no other`(limit: Int) {
    var stream = RandomStream(seed: 3)
    func drawn(_ mixing: LengthMixing) -> Set<Int> {
      Set(
        (0..<2000).flatMap { _ in
          mixing.segmentCounts(upTo: limit, sampleCount: 2, &stream)
        })
    }
    #expect(drawn(.none) == [limit])
    #expect(drawn(.uniform) == Set(1...limit))
    var halves: Set<Int> = [limit]
    while let least = halves.min(), least > 1 { halves.insert(least / 2) }
    #expect(drawn(.halving) == halves)
    #expect(drawn(.spread) == Set(1...limit))
  }

  @Test func `a spread batch has as many documents from each length to its double`() {
    var stream = RandomStream(seed: 3)
    for _ in 0..<20 {
      let counts = LengthMixing.spread.segmentCounts(upTo: 63, sampleCount: 36, &stream)
      #expect(counts == counts.sorted(by: >))
      for lengths in [1...1, 2...3, 4...7, 8...15, 16...31, 32...63] {
        #expect(counts.count { lengths.contains($0) } == 6)
      }
    }
  }

  @Test func `the same length may come again with other settings`() throws {
    var second = Curriculum.Stage(segmentCount: 4, stepCount: 5)
    second.dropout = 0.1
    let curriculum = try Curriculum(stages: [
      Curriculum.Stage(segmentCount: 4, stepCount: 5), second,
    ])
    #expect(curriculum.stages.map(\.number) == [1, 2])
    #expect(curriculum.stages.map(\.dropout) == [nil, 0.1])
    #expect(throws: CurriculumError.noStages) { try Curriculum(stages: []) }
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
