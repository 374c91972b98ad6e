import JSON
import TensorStorage
import TestSupport
import Testing

@testable import TrainingRecords

@Suite struct MetricsLogTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("metrics.jsonl")
  }

  private func write(_ records: [MetricsRecord]) throws {
    let log = try MetricsLog(path: path)
    for record in records { try log.append(record) }
  }

  private func records() throws -> [MetricsRecord] {
    try folder.bytes("metrics.jsonl").split(separator: UInt8(ascii: "\n")).map {
      try #require(MetricsRecord(json: try JSONValue(parsing: Array($0), file: path)))
    }
  }

  @Test func `a record comes back from its line`() throws {
    let written = [ExampleRecords.step(1), ExampleRecords.evaluation(1, stage: 3)]
    try write(written)
    #expect(try records() == written)
  }

  @Test func `a log that exists is added to`() throws {
    try write([ExampleRecords.step(1)])
    try write([ExampleRecords.step(2)])
    #expect(try records() == [ExampleRecords.step(1), ExampleRecords.step(2)])
  }

  @Test func `a run that goes on leaves no step there twice`() throws {
    let first = (1...5).map { ExampleRecords.step($0) }
    try write(first)
    let log = try MetricsLog(path: path)
    try log.resume(
      at: ResumePoint(stage: 1, runStep: 3, step: 3, isEvaluated: true))
    try log.append(ExampleRecords.step(4, stage: 2))
    #expect(try records() == first.prefix(3) + [ExampleRecords.step(4, stage: 2)])
  }

  @Test(arguments: [true, false])
  func `an evaluation that will be made again goes, one that was saved stays`(
    isEvaluated: Bool
  ) throws {
    try write([ExampleRecords.step(2), ExampleRecords.evaluation(2), ExampleRecords.step(3)])
    try MetricsLog(path: path).resume(
      at: ResumePoint(stage: 1, runStep: 2, step: 2, isEvaluated: isEvaluated))
    let kept = [ExampleRecords.step(2)] + (isEvaluated ? [ExampleRecords.evaluation(2)] : [])
    #expect(try records() == kept)
  }

  @Test func `between two stages the first one's last evaluation stays`() throws {
    func evaluation(stage: Int, step: Int) -> MetricsRecord {
      .evaluation(
        EvaluationMetrics(
          stage: stage, step: step, runStep: 2, loss: 1, accuracy: 0.5, sampleCount: 4,
          isBest: true))
    }
    try write([
      ExampleRecords.step(2), evaluation(stage: 1, step: 2), evaluation(stage: 2, step: 0),
    ])
    try MetricsLog(path: path).resume(
      at: ResumePoint(stage: 2, runStep: 2, step: 0, isEvaluated: false))
    #expect(try records() == [ExampleRecords.step(2), evaluation(stage: 1, step: 2)])
  }

  @Test func `a line that was never finished goes`() throws {
    try write([ExampleRecords.step(1), ExampleRecords.step(2)])
    let whole = try folder.bytes("metrics.jsonl")
    try folder.write(whole + Array("{\"event\":\"st".utf8), to: "metrics.jsonl")
    try MetricsLog(path: path).resume(
      at: ResumePoint(stage: 1, runStep: 7, step: 7, isEvaluated: true))
    #expect(try folder.bytes("metrics.jsonl") == whole)
  }

  @Test func `a stage that its target ends at once keeps its evaluation`() throws {
    func evaluation(stage: Int) -> MetricsRecord {
      .evaluation(
        EvaluationMetrics(
          stage: stage, step: 0, runStep: 2, loss: 1, accuracy: 1, sampleCount: 4, isBest: true))
    }
    try write([ExampleRecords.step(2), evaluation(stage: 2)])
    try MetricsLog(path: path).resume(
      at: ResumePoint(stage: 3, runStep: 2, step: 0, isEvaluated: false))
    #expect(try records() == [ExampleRecords.step(2), evaluation(stage: 2)])
  }

  @Test func `another run's lines and strange ones stay`() throws {
    let earlier = [ExampleRecords.step(8), ExampleRecords.step(9)]
    try write(earlier + [ExampleRecords.step(1), ExampleRecords.step(2)])
    try MetricsLog(path: path).resume(
      at: ResumePoint(stage: 1, runStep: 0, step: 0, isEvaluated: true))
    #expect(try records() == earlier)

    let strange = Array("a note of the user's\n".utf8)
    try folder.write(strange, to: "metrics.jsonl")
    try MetricsLog(path: path).resume(
      at: ResumePoint(stage: 1, runStep: 0, step: 0, isEvaluated: true))
    #expect(try folder.bytes("metrics.jsonl") == strange)
    let unfinished = Array("a note without an end".utf8)
    try folder.write(unfinished, to: "metrics.jsonl")
    try MetricsLog(path: path).resume(
      at: ResumePoint(stage: 1, runStep: 0, step: 0, isEvaluated: true))
    #expect(try folder.bytes("metrics.jsonl") == unfinished + [UInt8(ascii: "\n")])
  }

  @Test func `a run that goes on from nothing empties its log`() throws {
    try write([ExampleRecords.step(1), ExampleRecords.step(2)])
    try MetricsLog(path: path).resume(
      at: ResumePoint(stage: 1, runStep: 0, step: 0, isEvaluated: true))
    #expect(try records() == [])
    try MetricsLog(path: path).resume(
      at: ResumePoint(stage: 1, runStep: 0, step: 0, isEvaluated: true))
  }

  @Test func `a device is written to and never cut`() throws {
    let log = try MetricsLog(path: "/dev/null")
    try log.append(ExampleRecords.step(1))
    try log.resume(
      at: ResumePoint(stage: 2, runStep: 0, step: 0, isEvaluated: false))
  }

  @Test func `a log in a folder that is not there is refused`() {
    #expect(throws: FileError.self) { try MetricsLog(path: folder.path("no/metrics.jsonl")) }
  }

  @Test(arguments: [
    "{}", "[]", "{\"event\":\"step\",\"stage\":1,\"step\":1,\"runStep\":1}",
    "{\"event\":\"other\",\"stage\":1,\"step\":1,\"runStep\":1}",
    "{\"event\":\"evaluation\",\"stage\":0,\"step\":1,\"runStep\":1,\"evaluationLoss\":1,"
      + "\"evaluationAccuracy\":1,\"samples\":1,\"isBest\":true}",
  ])
  func `a line that is no record gives none`(line: String) throws {
    #expect(MetricsRecord(json: try JSONValue(parsing: Array(line.utf8), file: "")) == nil)
  }
}
