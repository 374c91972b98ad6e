import Dispatch
import Foundation
import ModelFile
import Synchronization
import TensorStorage
import TestSupport
import Testing

@testable import FineTuning

/// Samples are made while a step computes: a source that is watched, and one that hangs.
@Suite struct TrainingOverlapTests {
  private let folder: TemporaryFolder
  private let model: ModelFile

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.write(to: folder.path("in.rmtw"))
  }

  private func tuner(_ name: String, _ data: any FineTuningData, resumes: Bool = false) throws
    -> FineTuner
  {
    try FineTuner(
      model: model, data: data, options: try TinyModel.options(), outputPath: folder.path(name),
      collision: .keepExisting, resumes: resumes)
  }

  @Test func `every batch but a stage's first is made before the step ahead of it is done`() throws
  {
    let data = WatchedData(base: try TinyModel.memorize())
    var overlapCount = 0
    _ = try tuner("out", data).run { event in
      // The training thread is still in the step when it reports it.
      guard case .step(let report) = event, report.step < report.stepCount else { return }
      let runStep = (report.stage - 1) * 3 + report.step - 1
      overlapCount += data.made.isAnnounced(runStep + 1) ? 1 : 0
      #expect(data.made.all.max() == runStep + 1)
    }
    // Two stages of three steps.
    #expect(overlapCount == 4)
    #expect(data.made.all == [0, 1, 2, 3, 4, 5])
  }

  @Test func `a run can be stopped while its source hangs, and goes on to the same bytes`() throws {
    let plain = try TinyModel.memorize()
    _ = try tuner("plain", plain).run()
    let data = WatchedData(base: plain, hangingStep: 2)
    defer { data.gate.signal() }
    #expect(throws: Interrupted.self) {
      _ = try tuner("stopped", data).run(shouldStop: { data.isHanging.load(ordering: .acquiring) })
    }
    _ = try tuner("stopped", plain, resumes: true).run()
    let bytes = try ["plain", "stopped"].map {
      try Data(contentsOf: URL(fileURLWithPath: folder.path($0)))
    }
    #expect(bytes[0] == bytes[1])
  }
}

/// Another data's samples; says which batches were made, and hangs at one until its gate opens.
private final class WatchedData: FineTuningData {
  let made = Announcements()
  let gate = DispatchSemaphore(value: 0)
  let isHanging = Atomic(false)
  private let base: TaskData
  private let hangingStep: Int?

  init(base: TaskData, hangingStep: Int? = nil) {
    self.base = base
    self.hangingStep = hangingStep
  }

  var settings: [(name: String, value: String)] { base.settings }
  var sourcePaths: [String] { base.sourcePaths }
  func chanceAccuracy(for stage: Curriculum.Stage) -> Double { base.chanceAccuracy(for: stage) }
  func notes(for curriculum: Curriculum) -> [DataNote] { base.notes(for: curriculum) }

  func trainingSamples(for stage: Curriculum.Stage, seed: UInt64) throws -> any BatchSource {
    Batches(data: self, base: try base.trainingSamples(for: stage, seed: seed))
  }

  func validationSamples(
    for stage: Curriculum.Stage, seed: UInt64
  ) throws -> any SampleCollection { try base.validationSamples(for: stage, seed: seed) }

  private struct Batches: BatchSource {
    let data: WatchedData
    let base: any BatchSource

    func batch(step: Int, sampleCount: Int) -> [LabeledSample] {
      if step == data.hangingStep {
        data.isHanging.store(true, ordering: .releasing)
        data.gate.wait()
      }
      defer { data.made.announce(step) }
      return base.batch(step: step, sampleCount: sampleCount)
    }
  }
}
