import JSON
import Testing

@testable import FineTuning

@Suite struct EvaluationRecordTests {
  @Test(arguments: [
    (100, 0.97, false), (99, 0.97, true), (97, 0.97, true), (100, 1.0, false),
    (50, 1.0 / 6, false), (22, 1.0 / 6, true), (17, 1.0 / 6, true), (59, 0.5, true),
    (75, 0.5, false),
  ])
  func `guessing well is no learning, and no error is never guessing`(
    correct: Int, chance: Double, isAtChance: Bool
  ) {
    let best = EvaluationRecord(
      stage: 1, step: 1, sampleCount: 100, correctCount: correct, meanLoss: 1)
    #expect(best.mayBeGuessed(chance: chance) == isAtChance)
  }

  @Test(arguments: [
    ("correctCount", 11), ("correctCount", -1), ("sampleCount", -1), ("step", -1), ("stage", 0),
  ])
  func `an evaluation that cannot have been is none`(name: String, value: Int) throws {
    let record = EvaluationRecord(
      stage: 1, step: 1, sampleCount: 10, correctCount: 10, meanLoss: 1)
    var object = try #require(record.json.object)
    #expect(EvaluationRecord(json: .object(object)) != nil)
    object[name] = .integer(value)
    #expect(EvaluationRecord(json: .object(object)) == nil)
  }
}
