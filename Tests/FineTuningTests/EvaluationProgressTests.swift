import JSON
import ModelFile
import TensorStorage
import TestSupport
import Testing
import WeightFile

@testable import FineTuning

/// What a state file claims is believed only where the run itself could have written it.
@Suite struct EvaluationProgressTests {
  private let folder: TemporaryFolder
  private let model: ModelFile
  private let task: MovementTask
  private var path: String { folder.path("rows.jsonl") }

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.write(to: folder.path("in.rmtw"))
    let tokenizer = try SmallVocabulary.tokenizer()
    task = try MovementTask.memorize(
      modelLabels: MovementTask.places, tokenizer: tokenizer,
      background: BackgroundText(generatedFrom: 7, tokenizer: tokenizer, tokenCount: 300),
      factPositions: .first)
  }

  private func evaluation() throws -> LengthEvaluation {
    var evaluation = try LengthEvaluation(
      model: model, memory: TinyModel.memory, task: task, segmentCounts: [1, 2, 8], sampleCount: 5,
      seed: 3, threadCount: 1)
    evaluation.limits.operationsBetweenPauses = 1
    evaluation.limits.secondsBetweenSaves = 0
    return evaluation
  }

  /// Leaves the state of a run that has finished its first row.
  private func stop() throws {
    var rowCount = 0
    #expect(throws: Interrupted.self) {
      _ = try evaluation().run(
        resultsPath: path,
        report: { if case .row = $0 { rowCount += 1 } }, shouldStop: { rowCount == 1 })
    }
  }

  /// Writes the state once more with another progress, every checksum right.
  private func forge(_ change: (inout JSONObject) -> Void) throws {
    let state = "\(path).evaluating"
    let file = try WeightFile(path: state)
    var progress = try #require(file.metadata["progress"]?.object)
    change(&progress)
    var metadata = file.metadata
    metadata["progress"] = .object(progress)
    let bytes = file.tensors.compactMap { file.bytes(of: $0.name).map(Array.init) }
    var writer = try WeightFileWriter(
      path: state, collision: .replace, kind: file.kind, metadata: metadata, tensors: file.tensors)
    for tensor in bytes { try tensor.withUnsafeBytes { try writer.write($0) } }
    try writer.finish()
  }

  private func forgeRow(_ name: String, _ value: JSONValue) throws {
    try forge { progress in
      var rows = progress["rows"]?.array ?? []
      var row = rows[0].object ?? JSONObject()
      row[name] = value
      rows[0] = .object(row)
      progress["rows"] = .array(rows)
    }
  }

  private func resume() throws -> [EvaluationRow] {
    try evaluation().run(resultsPath: path, resumes: true)
  }

  @Test func `a state that is written again unchanged is gone on from`() throws {
    try stop()
    try forge { _ in }
    #expect(try resume().map(\.evaluation.sampleCount) == [5, 5, 5])
  }

  @Test(
    arguments: [
      ("section", .integer(1)), ("section", .integer(2)), ("section", .integer(.max)),
      ("firstSample", .integer(5)), ("firstSample", .integer(.max)), ("pass", .integer(1)),
      ("finishedRowCount", .integer(0)), ("finishedRowCount", .integer(2)),
      ("finishedRowCount", .integer(.max)), ("passSeconds", .number(-1)),
    ] as [(String, JSONValue)])
  func `a place where the run cannot be is refused`(name: String, value: JSONValue) throws {
    try stop()
    try forge { $0[name] = value }
    #expect(throws: FineTuningError.self) { _ = try resume() }
    #expect(try folder.names.contains("rows.jsonl.evaluating"))
  }

  @Test(
    arguments: [
      ("samples", .integer(.max)), ("samples", .integer(6)), ("samples", .integer(4)),
      ("tokens", .integer(.max)), ("tokens", .integer(1)), ("correct", .integer(6)),
      ("isDone", .bool(false)), ("residentBytes", .integer(-1)),
    ] as [(String, JSONValue)])
  func `sums that the run cannot have are refused`(name: String, value: JSONValue) throws {
    try stop()
    try forgeRow(name, value)
    #expect(throws: FineTuningError.self) { _ = try resume() }
  }
}
