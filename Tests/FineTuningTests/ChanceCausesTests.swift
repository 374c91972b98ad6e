import ModelSchema
import TestSupport
import Testing

@testable import FineTuning

/// What a stage that learns nothing tells a person to look at.
@Suite struct ChanceCausesTests {
  private func causes(
    of task: any LongDocumentTask, number: Int = 1, _ change: (inout Curriculum.Stage) -> Void
  ) throws -> [String] {
    var stage = Curriculum.Stage(segmentCount: 1, stepCount: 1)
    stage.number = number
    change(&stage)
    return try TaskData(
      task: task,
      memory: MemoryConfiguration(tokenCount: 2, segmentPositions: 36, alignment: .right),
      validationSampleCount: 1
    ).causesOfChance(in: stage)
  }

  @Test func `noise in the first stage alone`() throws {
    let tokenizer = try SmallVocabulary.tokenizer()
    let task = try MovementTask.memorize(
      modelLabels: MovementTask.places, tokenizer: tokenizer,
      background: try TaskDocuments.background(tokenizer), factPositions: .first)
    #expect(try causes(of: task) { $0.tokenNoise = 0.1 }.isEmpty)
    let causes = try causes(of: task) { $0.tokenNoise = 0.5 }
    #expect(causes.count == 1 && causes[0].hasPrefix("a token noise of 0.5 "))
    #expect(try self.causes(of: task, number: 2) { $0.tokenNoise = 0.5 }.isEmpty)
  }

  @Test func `stories that need no directions, where others could be told`() throws {
    let reason = try TaskDocuments.reason(factPositions: .first)
    #expect(try causes(of: reason) { $0.stories.areAmbiguous = true }.isEmpty)
    #expect(try causes(of: reason) { _ in }.map { $0.contains("ambiguous") } == [true])
  }

  @Test func `long documents come first in the advice, what always may be comes last`() throws {
    func advice(segments: Int?, number: Int = 1) -> String {
      var stage = Curriculum.Stage(segmentCount: segments, stepCount: 4)
      stage.number = number
      return FineTuningError.atChance(
        stage: stage, accuracy: 0.2, chance: 0.2, causes: ["the moon"]
      ).advice ?? ""
    }
    #expect(advice(segments: 2).hasPrefix("Likely causes: the moon; too few steps; "))
    #expect(advice(segments: 3).hasPrefix("Likely causes: long documents at once, "))
    #expect(advice(segments: nil).contains("long documents at once"))
    #expect(advice(segments: 3, number: 2).hasPrefix("Likely causes: the moon; "))
  }
}
