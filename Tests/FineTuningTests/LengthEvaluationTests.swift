import Foundation
import JSON
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import TestSupport
import Testing

@testable import FineTuning

@Suite struct LengthEvaluationTests {
  private let folder: TemporaryFolder
  private let model: ModelFile
  /// Facts in the first segment, and in any.
  private let memorize: MovementTask
  private let anywhere: MovementTask

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.write(to: folder.path("in.rmtw"))
    let tokenizer = try SmallVocabulary.tokenizer()
    let background = try BackgroundText(generatedFrom: 7, tokenizer: tokenizer, tokenCount: 300)
    func task(_ positions: FactPositions) throws -> MovementTask {
      try MovementTask.memorize(
        modelLabels: MovementTask.places, tokenizer: tokenizer, background: background,
        factPositions: positions)
    }
    memorize = try task(.first)
    anywhere = try task(.random)
  }

  private func evaluation(
    _ task: (any LongDocumentTask)? = nil, segments: [Int] = [1, 2, 4, 8], samples: Int = 7,
    seed: UInt64 = 3, threads: Int = 2, memory: MemoryConfiguration = TinyModel.memory
  ) throws -> LengthEvaluation {
    var evaluation = try LengthEvaluation(
      model: model, memory: memory, task: task ?? memorize, segmentCounts: segments,
      sampleCount: samples, seed: seed, threadCount: threads)
    // A pause after every part of a segment's round: the model is so small that there were few.
    evaluation.limits.operationsBetweenPauses = 1
    return evaluation
  }

  /// A row without what differs from run to run.
  private struct Found: Equatable, CustomStringConvertible {
    let segments: ClosedRange<Int>
    let correctCount: Int
    let meanLoss: Double
    let tokenCount: Int

    init(_ row: EvaluationRow) {
      segments = row.segmentCounts
      correctCount = row.evaluation.correctCount
      meanLoss = row.evaluation.meanLoss
      tokenCount = row.evaluation.tokenCount
    }

    var description: String { "\(segments): \(correctCount), \(meanLoss), \(tokenCount)" }
  }

  private func found(_ rows: [EvaluationRow]) -> [Found] { rows.map(Found.init) }

  @Test(arguments: [1, 3])
  func `one pass finds for every length what a pass for it alone finds`(threads: Int) throws {
    let rows = try evaluation(threads: threads).run()
    #expect(rows.map(\.segmentCounts) == [1...1, 2...2, 4...4, 8...8])
    #expect(rows.map(\.evaluation.tokenCount) == [77, 154, 308, 616])
    for (row, segments) in zip(rows, [1, 2, 4, 8]) {
      let alone = try evaluation(segments: [segments], threads: 2).run()
      #expect(found([row]) == found(alone))
      let samples = try TaskSamples(
        testing: memorize, count: 7,
        length: DocumentLength(segmentCount: segments, segmentSize: 11),
        seed: 3)
      let whole = try Evaluator(model: model, memory: TinyModel.memory, threadCount: 1)
        .evaluate(samples)
      #expect(whole.meanLoss == row.evaluation.meanLoss)
    }
    // Different samples and lengths do give different numbers.
    #expect(Set(rows.map(\.evaluation.meanLoss)).count == 4)
    // Seconds add up along the way.
    let seconds = rows.map(\.evaluation.seconds)
    #expect(zip(seconds, seconds.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(rows.allSatisfy { ($0.residentByteCount ?? 1) > 0 })
  }

  @Test func `lengths that do not share their documents are read one by one`() throws {
    func document(_ index: Int, _ segmentCount: Int) -> TaskDocument {
      anywhere.document(
        at: DocumentPlace(seed: 3, split: .test, index: index),
        length: DocumentLength(segmentCount: segmentCount, segmentSize: 11))
    }
    #expect((0..<7).contains { !document($0, 8).isPrefixed(by: document($0, 2)) })
    let rows = try evaluation(anywhere, segments: [2, 8]).run()
    for (row, segments) in zip(rows, [2, 8]) {
      #expect(try found([row]) == found(evaluation(anywhere, segments: [segments]).run()))
    }
  }

  @Test func `no more of a document is made than a segment`() throws {
    let documents = RecordedDocuments(count: 3, tokenCount: 11 * 50 + 4)
    let result = try Evaluator(model: model, memory: TinyModel.memory, threadCount: 2)
      .evaluate(documents)
    #expect(result.tokenCount == 3 * 554)
    #expect(documents.record.longestRange == 11)
    #expect(documents.record.rangeCount == 3 * 51)
  }

  @Test func `a run that is stopped at any moment goes on to the same rows`() throws {
    for task in [memorize, anywhere] as [any LongDocumentTask] {
      var pollCount = 0
      let straight = try evaluation(task, segments: [1, 3, 9], samples: 5).run(shouldStop: {
        pollCount += 1
        return false
      })
      #expect(pollCount > 8)
      for moment in 1...pollCount {
        var left = moment
        let path = folder.path("rows.jsonl")
        #expect(throws: Interrupted.self) {
          _ = try evaluation(task, segments: [1, 3, 9], samples: 5, threads: 1 + moment % 3).run(
            resultsPath: path, collision: .replace,
            shouldStop: {
              left -= 1
              return left <= 0
            })
        }
        let resumed = try evaluation(task, segments: [1, 3, 9], samples: 5).run(
          resultsPath: path, resumes: true)
        #expect(found(resumed) == found(straight), "stopped at poll \(moment)")
        #expect(try folder.names == ["in.rmtw", "rows.jsonl"])
      }
    }
  }

  @Test func `a run that is killed after any save goes on to the same rows`() throws {
    let path = folder.path("rows.jsonl")
    var moments: [(state: Data?, rows: Data?)] = []
    var evaluation = try evaluation(samples: 4)
    evaluation.limits.secondsBetweenSaves = 0
    let straight = try evaluation.run(
      resultsPath: path,
      report: { event in
        guard case .saved(let state) = event else { return }
        moments.append(
          (FileManager.default.contents(atPath: state), FileManager.default.contents(atPath: path)))
      })
    #expect(moments.count > 10)
    for (number, moment) in moments.enumerated() {
      try FileManager.default.removeItem(atPath: path)
      try #require(moment.state).write(to: URL(fileURLWithPath: "\(path).evaluating"))
      try moment.rows?.write(to: URL(fileURLWithPath: path))
      let resumed = try self.evaluation(samples: 4).run(resultsPath: path, resumes: true)
      #expect(found(resumed) == found(straight), "killed after save \(number)")
    }
  }

  @Test func `samples whose memories do not fit go in blocks, to the same rows`() throws {
    for task in [memorize, anywhere] as [any LongDocumentTask] {
      let whole = try evaluation(task).run()
      var evaluation = try evaluation(task)
      // m·d numbers of four bytes: two samples a block.
      evaluation.limits.memoryByteCount = 2 * 2 * 16 * 4
      var left = 9
      let path = folder.path("blocks.jsonl")
      #expect(throws: Interrupted.self) {
        _ = try evaluation.run(
          resultsPath: path, collision: .replace,
          shouldStop: {
            left -= 1
            return left <= 0
          })
      }
      let blocks = try evaluation.run(resultsPath: path, collision: .replace, resumes: true)
      #expect(blocks.map(\.evaluation.correctCount) == whole.map(\.evaluation.correctCount))
      for (one, other) in zip(blocks, whole) {
        #expect(abs(one.evaluation.meanLoss - other.evaluation.meanLoss) < 1e-12)
        #expect(one.evaluation.tokenCount == other.evaluation.tokenCount)
      }
    }
  }

  @Test func `the results are one object a line`() throws {
    let path = folder.path("rows.jsonl")
    let rows = try evaluation(segments: [1, 4]).run(resultsPath: path)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2)
    let line = try JSONValue(parsing: Array(lines[1].utf8), file: path)
    #expect(line["task"]?.string == "memorize")
    #expect(line["factPositions"]?.string == "first")
    #expect(line["background"]?.string == "checksum \(memorize.background.fingerprint)")
    #expect(line["segments"]?.integer == 4 && line["samples"]?.integer == 7)
    #expect(line["segmentPositions"]?.integer == 16 && line["seed"]?.integer == 3)
    #expect(line["model"]?.string == "checksum \(model.fingerprint)")
    #expect(line["correct"]?.integer == rows[1].evaluation.correctCount)
    #expect(line["meanLoss"]?.double == rows[1].evaluation.meanLoss)
    #expect(line["tokens"]?.integer == 308 && line["seconds"]?.double != nil)
    #expect(line["residentBytes"]?.integer == rows[1].residentByteCount)
  }

  @Test func `a resumed run with another setting is refused by its name`() throws {
    let path = folder.path("rows.jsonl"), state = "\(path).evaluating"
    func stop(_ evaluation: LengthEvaluation) throws {
      #expect(throws: Interrupted.self) {
        _ = try evaluation.run(resultsPath: path, shouldStop: { true })
      }
    }
    try stop(evaluation())
    func refuse(_ name: String, _ saved: String, _ given: String, _ other: LengthEvaluation) {
      #expect(
        throws: FineTuningError.settingChanged(path: state, name: name, saved: saved, given: given)
      ) { _ = try other.run(resultsPath: path, resumes: true) }
    }
    refuse("seed", "3", "4", try evaluation(seed: 4))
    refuse("samples", "7", "8", try evaluation(samples: 8))
    refuse("segments", "1,2,4,8", "1,2", try evaluation(segments: [1, 2]))
    var memory = TinyModel.memory
    memory.segmentPositions = 20
    refuse("segment positions", "16", "20", try evaluation(memory: memory))
    let other = try TinyModel.write(to: folder.path("other.rmtw"), seed: 2)
    refuse(
      "model", "checksum \(model.fingerprint)", "checksum \(other.fingerprint)",
      try LengthEvaluation(
        model: other, memory: TinyModel.memory, task: memorize, segmentCounts: [1, 2, 4, 8],
        sampleCount: 7, seed: 3, threadCount: 1))
    #expect(throws: FineTuningError.stateExists(path: state)) {
      _ = try evaluation().run(resultsPath: path)
    }
    _ = try evaluation().run(resultsPath: path, resumes: true)
    #expect(throws: FineTuningError.nothingToResume(path: path)) {
      _ = try evaluation().run(resultsPath: path, resumes: true)
    }
    #expect(throws: FileError.self) { _ = try evaluation().run(resultsPath: path) }
    _ = try evaluation().run(resultsPath: path, collision: .replace)
  }

  @Test func `a damaged state is refused and stays`() throws {
    let path = folder.path("rows.jsonl"), state = "\(path).evaluating"
    var polls = 0
    #expect(throws: Interrupted.self) {
      _ = try evaluation().run(
        resultsPath: path,
        shouldStop: {
          polls += 1
          return polls == 6
        })
    }
    let whole = try folder.bytes("rows.jsonl.evaluating")
    for place in stride(from: 0, to: whole.count, by: 97) {
      var bytes = whole
      bytes[place] ^= 0x20
      try folder.write(bytes, to: "rows.jsonl.evaluating")
      // A changed setting, a checksum that does not hold, or padding that is no zero: all are said.
      let error = #expect(throws: FineTuningError.self) {
        _ = try evaluation().run(resultsPath: path, resumes: true)
      }
      #expect(error?.place == state)
      #expect(try folder.bytes("rows.jsonl.evaluating") == bytes)
    }
    try folder.write(model.weights.path.utf8, to: "rows.jsonl.evaluating")
    #expect(throws: FineTuningError.self) {
      _ = try evaluation().run(resultsPath: path, resumes: true)
    }
  }

  @Test(arguments: [[], [0, 1], [2, 1], [1, 1], [1 << 20 + 1]])
  func `lengths that do not rise are refused`(segments: [Int]) {
    #expect(throws: FineTuningError.self) { _ = try evaluation(segments: segments) }
  }

  @Test func `what a model or a segment cannot hold is refused`() throws {
    #expect(throws: TaskError.noSampleCount) { _ = try evaluation(samples: 0) }
    var memory = TinyModel.memory
    memory.segmentPositions = 21
    #expect(throws: RecurrenceError.segmentPositions(21, memoryTokens: 2, limit: 20)) {
      _ = try evaluation(memory: memory)
    }
    memory.segmentPositions = 8
    #expect(throws: TaskError.segmentTooSmall(segmentSize: 3, neededTokenCount: 11)) {
      _ = try evaluation(memory: memory)
    }
  }
}
