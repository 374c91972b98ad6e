import Foundation
import ModelFile
import TensorStorage
import TestSupport
import Testing

@testable import FineTuning

@Suite("The stages of a run") struct StageTests {
  private let folder: TemporaryFolder
  private let model: ModelFile
  private let data: TaskData

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.write(to: folder.path("in.rmtw"))
    data = try TinyModel.memorize()
  }

  private func path(_ name: String) -> String { folder.path(name) }
  private func state(_ name: String) -> String { path(name) + ".training" }
  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
  private func bytes(_ name: String) throws -> [UInt8] { try folder.bytes(name) }

  private func tuner(
    _ name: String, options: FineTuningOptions, resumes: Bool = false
  ) throws -> FineTuner {
    try FineTuner(
      model: model, data: data, options: options, outputPath: path(name),
      collision: .keepExisting, resumes: resumes)
  }

  @Test func `a target that is reached ends a stage early`() throws {
    var options = try TinyModel.options(segments: [1], steps: [9])
    options.schedule = LearningRateSchedule(
      shape: .constant, learningRate: 1e-2, warmUpStepCount: 1)
    options.curriculum = try Curriculum(segmentCounts: [1], stepCounts: [400], mixing: .none)
    options.targetAccuracy = 0.5
    options.targetEvaluationCount = 2
    var reached: Int?
    let result = try tuner("out", options: options).run { event in
      if case .targetReached(_, let step) = event { reached = step }
    }
    #expect(result.stepCount < 400 && reached == result.stepCount)
    #expect(result.evaluations.suffix(2).allSatisfy { $0.accuracy >= 0.5 })
    #expect(result.evaluations.dropLast(2).last.map { $0.accuracy < 0.5 } ?? true)
  }

  @Test func `a target that guessing reaches is refused`() throws {
    var options = try TinyModel.options(segments: [1], steps: [9])
    // Meant as 99.5 %, and given where a percentage is expected.
    options.targetAccuracy = 0.995 / 100
    let error = FineTuningError.targetBelowChance(target: 0.995 / 100, chance: 1.0 / 6)
    #expect(throws: error) { _ = try tuner("out", options: options) }
    #expect(error.problem.contains("is 1.0 %, and guessing reaches 16.7 %"))
  }

  @Test func `a stage that has learned nothing says so, and ends the run where it may`() throws {
    var options = try TinyModel.options(segments: [1, 2], steps: [4])
    options.schedule.learningRate = 1e-30
    options.evaluationInterval = 2
    var warnings: [String] = []
    _ = try tuner("goes-on", options: options).run {
      if case .warning(let text) = $0 { warnings.append(text) }
    }
    #expect(warnings.count == 2)
    #expect(warnings[0].hasPrefix("Stage 1 is still at chance after 2 of 4 steps. Likely causes: "))
    options.stopsAtChance = true
    do {
      _ = try tuner("stops", options: options).run()
      Issue.record("the run went on")
    } catch FineTuningError.atChance(let stage, let accuracy, let chance, let causes) {
      #expect(stage.number == 1 && chance == 1 / 6.0 && accuracy < 0.5)
      #expect(causes.isEmpty)
    }
    // Nothing is lost, and nothing is written that looks like a result.
    #expect(exists(state("stops")) && !exists(path("stops")))
  }

  @Test func `a stage has a rate, a batch, a dropout and segments of its own`() throws {
    func options(_ change: (inout Curriculum.Stage) -> Void) throws -> FineTuningOptions {
      var options = try TinyModel.options()
      var second = Curriculum.Stage(segmentCount: 2, stepCount: 3)
      change(&second)
      options.curriculum = try Curriculum(stages: [
        Curriculum.Stage(segmentCount: 1, stepCount: 3), second,
      ])
      return options
    }
    func run(_ name: String, _ change: (inout Curriculum.Stage) -> Void) throws -> [StepReport] {
      var steps: [StepReport] = []
      _ = try tuner(name, options: try options(change)).run {
        if case .step(let report) = $0 { steps.append(report) }
      }
      return steps
    }
    let plain = try run("plain") { _ in }
    let changed = try run("changed") {
      $0.learningRate = 5e-3
      $0.dropout = 0
    }
    #expect(changed.map(\.learningRate) == [0, 1e-2, 5e-3, 0, 5e-3, 2.5e-3])
    #expect(changed.prefix(3).map(\.meanLoss) == plain.prefix(3).map(\.meanLoss))
    // The fourth step's weights are the same; what differs is that nothing is dropped.
    #expect(changed[3].meanLoss != plain[3].meanLoss)
    let asked = try run("asked") { ($0.segmentCount, $0.askEvery) = (3, 1) }
    let unasked = try run("unasked") { $0.segmentCount = 3 }
    #expect(asked.prefix(3).map(\.meanLoss) == plain.prefix(3).map(\.meanLoss))
    #expect(asked[3].meanLoss != unasked[3].meanLoss)
    #expect(asked.map(\.tokenCount) == unasked.map(\.tokenCount))
    let clipped = try run("clipped") { $0.memoryClipNorm = 1e-6 }
    #expect(clipped.prefix(4).map(\.meanLoss) == plain.prefix(4).map(\.meanLoss))
    #expect(clipped[3].gradientNorm != plain[3].gradientNorm)
    let larger = try run("larger") { $0.batchSize = 4 }
    // Two batches of two or of four documents, in the second stage of two segments each.
    #expect(plain.map(\.tokenCount) == [44, 44, 44, 88, 88, 88])
    #expect(larger.map(\.tokenCount) == [44, 44, 44, 176, 176, 176])
    let options = try options { ($0.learningRate, $0.batchSize) = (5e-3, 4) }
    #expect(options.settings.first { $0.name == "stage rates" }?.value == "the run's,0.005")
    #expect(options.settings.first { $0.name == "stage batches" }?.value == "the run's,4")
  }

  @Test func `a curriculum of many kinds of stages is resumed to the same bytes`() throws {
    var options = try TinyModel.options()
    var mixed = Curriculum.Stage(segmentCount: 3, stepCount: 4)
    (mixed.mixing, mixed.segmentPositions, mixed.dropout) = (.halving, 16...16, 0.2)
    (mixed.batchSize, mixed.askEvery, mixed.memoryClipNorm) = (3, 1, 0.01)
    options.curriculum = try Curriculum(stages: [
      Curriculum.Stage(segmentCount: 1, stepCount: 3), mixed,
    ])
    _ = try tuner("whole", options: options).run()
    // Stopped in the middle of the second stage, then resumed.
    var stepCount = 0
    #expect(throws: Interrupted.self) {
      _ = try tuner("halted", options: options).run(
        report: { if case .step = $0 { stepCount += 1 } }, shouldStop: { stepCount == 5 })
    }
    _ = try tuner("halted", options: options, resumes: true).run()
    #expect(try bytes("whole") == bytes("halted"))
  }
}
