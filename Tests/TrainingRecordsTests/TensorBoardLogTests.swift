import Foundation
import TensorStorage
import TestSupport
import Testing

@testable import TrainingRecords

@Suite struct TensorBoardLogTests {
  private let parent: TemporaryFolder
  private let folder: String

  init() throws {
    parent = try TemporaryFolder()
    folder = parent.path("events")
  }

  private func log(adds: Bool = false, at time: Double = 1_700_000_000.25) throws -> TensorBoardLog
  {
    try TensorBoardLog(folder: folder, addsToEvents: adds, wallTime: { time })
  }

  private func files() throws -> [[EventFileReader.Event]] {
    try names().map { try EventFileReader.events(try parent.bytes("events/\($0)")) }
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  /// Tests/Fixtures/generate_events.py makes the same records with TensorBoard's own writer.
  @Test func `writes the bytes that TensorBoard's own writer does`() throws {
    let log = try log()
    try log.append(
      .step(
        StepMetrics(
          stage: 2, step: 100, runStep: 300, loss: 0.5, accuracy: 0.75, learningRate: 1e-4,
          gradientNorm: 1.25, tokenCount: 1000, seconds: 0.5)))
    try log.append(
      .evaluation(
        EvaluationMetrics(
          stage: 2, step: 100, runStep: 300, loss: 0.125, accuracy: 1, sampleCount: 10,
          isBest: true)))
    let name = try #require(try names().first)
    #expect(name == "events.out.tfevents.1700000000.rmt")
    let golden = try RandomAccessFile(path: Fixtures.path("events.tfevents"))
    let expected = try golden.bytes(in: 0..<golden.byteCount)
    #expect(try parent.bytes("events/\(name)") == expected)
  }

  @Test func `what was written can be read back`() throws {
    let log = try log(at: 12.5)
    try log.append(ExampleRecords.step(1))
    try log.append(ExampleRecords.evaluation(1))
    let events = try #require(try files().first)
    #expect(events.map(\.step) == [0, 1, 1, 1])
    #expect(events.allSatisfy { $0.wallTime == 12.5 })
    #expect(events[0].fileVersion == "brain.Event:2")
    #expect(events[1].sessionStatus == 1)
    #expect(
      events[2].scalars == [
        "train/loss": 0.5, "train/accuracy": 0.75, "train/learning_rate": 1e-4,
        "train/gradient_norm": 1.25, "train/tokens_per_second": 2000, "train/stage": 1,
      ])
    #expect(events[3].scalars == ["evaluation/loss": 0.125, "evaluation/accuracy": 1])
  }

  @Test func `a run that goes on makes the later steps of earlier files void`() throws {
    let first = try log()
    for step in 1...5 { try first.append(ExampleRecords.step(step)) }
    let second = try log(adds: true, at: 1_700_000_100)
    try second.resume(
      at: ResumePoint(stage: 1, runStep: 3, step: 3, isEvaluated: true))
    for step in 4...6 { try second.append(ExampleRecords.step(step)) }
    let files = try files()
    #expect(files.count == 2)
    #expect(files[1][1].sessionStatus == 1 && files[1][1].step == 4)
    #expect(files[1].dropFirst(2).map(\.step) == [4, 5, 6])
  }

  @Test func `a clock that was set back does not put files in the wrong order`() throws {
    try log(at: 1_700_000_000).append(ExampleRecords.step(1))
    let second = try log(adds: true, at: 1_600_000_000)
    try second.resume(
      at: ResumePoint(stage: 1, runStep: 1, step: 1, isEvaluated: true))
    let files = try files()
    #expect(files.map { $0[1].step } == [1, 2])
  }

  @Test func `another run's events are refused unless they may be added to`() throws {
    try log().append(ExampleRecords.step(1))
    #expect(throws: TrainingRecordsError.otherEvents(folder: folder)) { try log() }
    let error = TrainingRecordsError.otherEvents(folder: "events")
    #expect("\(error)".contains("--resume"))
    try log(adds: true).append(ExampleRecords.step(1))
    #expect(try names().count == 2)
  }

  @Test func `nothing is written before there is something to record`() throws {
    _ = try log()
    #expect(try names() == [])
  }

  @Test func `a folder that cannot be made is refused`() throws {
    try parent.write("text", to: "file")
    #expect(throws: FileError.self) {
      try TensorBoardLog(folder: parent.path("file"), addsToEvents: false)
    }
    #expect(throws: FileError.self) {
      try TensorBoardLog(folder: parent.path("no/events"), addsToEvents: false)
    }
  }
}
