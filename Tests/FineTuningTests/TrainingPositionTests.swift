import JSON
import Testing

@testable import FineTuning

@Suite struct TrainingPositionTests {
  private func record(correct: Int, loss: Double) -> EvaluationRecord {
    EvaluationRecord(stage: 1, step: 1, sampleCount: 10, correctCount: correct, meanLoss: loss)
  }

  @Test func `accuracy decides which weights are best, then loss`() {
    var position = TrainingPosition()
    let given = [(5, 1.0), (5, 1.5), (5, 0.9), (4, 0.1), (6, 3.0)]
    let best = given.map { correct, loss in
      position.record(record(correct: correct, loss: loss), targetAccuracy: nil)
    }
    #expect(best == [true, false, true, false, true])
    #expect(position.best == record(correct: 6, loss: 3))
    #expect(position.history.count == 5)
  }

  @Test func `only evaluations in a row count towards the target`() {
    var position = TrainingPosition()
    let streaks = [8, 9, 10, 7, 9].map { correct in
      _ = position.record(record(correct: correct, loss: 1), targetAccuracy: 0.9)
      return position.targetStreak
    }
    #expect(streaks == [0, 1, 2, 0, 1])
  }

  @Test func `a target in percent is reached by just as many right answers`() {
    for (percentage, correct, count) in [(99.9, 999, 1_000), (99.4, 497, 500), (98.4, 246, 250)] {
      var position = TrainingPosition()
      for (correct, streak) in [(correct, 1), (correct - 1, 0)] {
        _ = position.record(
          EvaluationRecord(
            stage: 1, step: 1, sampleCount: count, correctCount: correct, meanLoss: 1),
          targetAccuracy: percentage / 100)
        #expect(position.targetStreak == streak)
      }
    }
  }

  @Test func `a new stage begins with no best and no streak`() {
    var position = TrainingPosition()
    (position.step, position.runStep) = (3, 3)
    _ = position.record(record(correct: 10, loss: 0), targetAccuracy: 0.5)
    position.finishStage()
    #expect(position.finishedStageCount == 1)
    #expect(position.step == 0 && position.runStep == 3)
    #expect(position.best == nil && position.targetStreak == 0 && position.evaluatedStep == nil)
    #expect(position.history.count == 1)
  }

  @Test func `a position survives JSON`() throws {
    var position = TrainingPosition()
    #expect(TrainingPosition(json: position.json) == position)
    (position.step, position.runStep) = (3, 7)
    _ = position.record(record(correct: 5, loss: 0.1 + 0.2), targetAccuracy: 0.5)
    let text = position.json.serialized(pretty: false)
    let json = try JSONValue(parsing: Array(text.utf8), file: "position")
    #expect(TrainingPosition(json: json) == position)
  }

  @Test(arguments: [
    ("runStep", Int.max), ("targetStreak", Int.max), ("targetStreak", 2), ("evaluatedStep", -1),
    ("evaluatedStep", 6), ("finishedStageCount", 3), ("step", 51), ("runStep", 106),
  ])
  func `a forged position is refused`(name: String, value: Int) throws {
    var position = TrainingPosition()
    (position.finishedStageCount, position.step, position.runStep) = (1, 5, 105)
    _ = position.record(record(correct: 5, loss: 1), targetAccuracy: 0.1)
    let good = try #require(TrainingPosition(json: position.json))
    #expect(good.isPossible(stageStepCounts: [100, 50]))
    var object = try #require(position.json.object)
    object[name] = .integer(value)
    let forged = TrainingPosition(json: .object(object))
    #expect(forged?.isPossible(stageStepCounts: [100, 50]) != true)
  }

  @Test(arguments: ["step", "runStep", "best", "history", "evaluatedStep", "targetStreak"])
  func `a position that lacks a member is none`(name: String) {
    var object = TrainingPosition().json.object ?? [:]
    object[name] = nil
    #expect(TrainingPosition(json: .object(object)) == nil)
    object[name] = .string("?")
    #expect(TrainingPosition(json: .object(object)) == nil)
  }
}
