import JSON
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage

/// Measures how accurate a model is at one length after the other, up to millions of tokens.
///
/// With a path for its results, the rows that are done stand there as JSON lines, and what is under
/// way in `RESULTS.evaluating`: a run that is stopped at any moment goes on from there, to the same
/// rows but for their seconds and bytes. The state goes when all rows are done.
public struct LengthEvaluation {
  /// How much is taken on at a time.
  var limits = EvaluationLimits()
  private let evaluator: Evaluator
  private let sections: [EvaluationSection]
  /// What a line of the results says of the evaluation, before the row's numbers and after them.
  private let subject: [(name: String, value: JSONValue)]
  private let conditions: [(name: String, value: JSONValue)]
  private let settings: [(name: String, value: String)]

  /// A measurement of a task at some lengths.
  ///
  /// Where a task's longer documents begin with its shorter ones, as with facts in the first segment,
  /// all rows are measured in one pass over the longest.
  ///
  /// - Parameters:
  ///   - memory: the memory's settings, which may have another segment size than the file's.
  ///   - segmentCounts: the lengths, rising.
  ///   - sampleCount: documents of each length.
  ///   - seed: seed of the documents, which are none that anyone trains on.
  /// - Throws: what ``Evaluator`` throws; ``TaskError``; ``FineTuningError`` for lengths that do not
  ///   rise.
  public init(
    model: ModelFile, memory: MemoryConfiguration, task: any LongDocumentTask,
    segmentCounts: [Int], sampleCount: Int, seed: UInt64, threadCount: Int
  ) throws {
    guard sampleCount >= 1 else { throw TaskError.noSampleCount }
    try Self.check(segmentCounts)
    evaluator = try Evaluator(model: model, memory: memory, threadCount: threadCount)
    let section = try EvaluationSection(
      task, segmentCounts: segmentCounts, segmentSize: memory.segmentSize,
      sampleCount: sampleCount, seed: seed)
    sections = [section]
    subject =
      [("task", .string(task.name))]
      + task.settings.map { (Self.memberName($0.name), .string($0.value)) }
      + task.sourcePaths.prefix(1).map { ("storiesFile", .string(Self.storiesFile($0))) }
    conditions =
      Self.conditions(memory, model)
      + [("seed", seed > Int.max ? .unsigned(seed) : .integer(Int(seed)))]
    settings =
      [("model", "checksum \(model.fingerprint)"), ("task", task.name)] + task.settings
      + Self.settings(memory) + [
        ("segments", segmentCounts.map(String.init).joined(separator: ",")),
        ("samples", "\(sampleCount)"), ("seed", "\(seed)"),
      ]
  }

  /// A measurement of a file's documents, sorted into rows.
  ///
  /// - Parameters:
  ///   - rows: each row's documents, and the range that their numbers of segments lie in.
  ///   - file: the file that all of them come from.
  /// - Throws: what ``Evaluator`` throws.
  public init(
    model: ModelFile, memory: MemoryConfiguration, documents file: LabeledDocuments,
    rows: [(segmentCounts: ClosedRange<Int>, samples: any SampleCollection)], threadCount: Int
  ) throws {
    evaluator = try Evaluator(model: model, memory: memory, threadCount: threadCount)
    sections = rows.map { EvaluationSection($0.samples, segmentCounts: $0.segmentCounts) }
    subject = [("documents", .string(file.path))]
    conditions = Self.conditions(memory, model)
    settings =
      [
        ("model", "checksum \(model.fingerprint)"),
        ("documents", "checksum \(file.fingerprint)"),
      ] + Self.settings(memory) + [
        (
          "rows",
          rows.map { "\($0.segmentCounts): \($0.samples.count)" }.joined(separator: ", ")
        )
      ]
  }

  /// Measures every row.
  ///
  /// - Parameters:
  ///   - path: where the rows are put as JSON lines; `nil` for nowhere.
  ///   - collision: with `replace`, results or a state of an earlier run are replaced.
  ///   - resumes: whether to go on with the state of an interrupted run, where there is one.
  ///   - report: told what happens.
  ///   - shouldStop: asked several times a second; when it says yes, the state is saved and the run
  ///     ends.
  /// - Returns: the rows, from short to long.
  /// - Throws: `Interrupted` when asked to stop; ``FineTuningError`` when a state is in the way, or
  ///   of other settings; `FileError`.
  public func run(
    resultsPath path: String? = nil, collision: AtomicFileWriter.Collision = .keepExisting,
    resumes: Bool = false, report: (EvaluationEvent) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> [EvaluationRow] {
    try withoutActuallyEscaping(report) { report in
      try withoutActuallyEscaping(shouldStop) { shouldStop in
        try run(
          path.map { EvaluationResults(path: $0, subject: subject, conditions: conditions) },
          collision: collision, resumes: resumes, report: report, shouldStop: shouldStop)
      }
    }
  }

  private func run(
    _ results: EvaluationResults?, collision: AtomicFileWriter.Collision, resumes: Bool,
    report: @escaping (EvaluationEvent) -> Void, shouldStop: @escaping () -> Bool
  ) throws -> [EvaluationRow] {
    let hasState = try results?.prepare(collision: collision, resumes: resumes) ?? false
    let advice = results.map {
      "The state is saved in \($0.statePath); run again with --resume to go on."
    }
    var run: EvaluationRun?
    let measuring = EvaluationRun(
      sections, plan: evaluator.plan, parameters: evaluator.bound.parameters,
      owner: evaluator.bound, team: evaluator.team,
      saving: results.map {
        EvaluationRun.Saving(file: EvaluationStateFile(path: $0.statePath), settings: settings)
      }, limits: limits,
      pause: { done, total in
        report(.reading(segmentCount: done, of: total))
        if shouldStop() { throw Interrupted(advice: advice) }
      },
      report: { event in
        if case .row = event, let rows = run?.rows { try results?.write(rows) }
        report(event)
      })
    run = measuring
    defer { run = nil }
    if let results, resumes {
      if hasState {
        try measuring.resume()
        report(.note("Going on from \(results.statePath), \(measuring.rows.count) rows done."))
      } else {
        report(.note("There is no state at \(results.statePath); beginning at the beginning."))
      }
    }
    try measuring.run()
    try results?.finish(measuring.rows)
    return measuring.rows
  }

  private static func check(_ segmentCounts: [Int]) throws(FineTuningError) {
    let limit = Curriculum.maximumSegmentCount
    guard !segmentCounts.isEmpty, segmentCounts.allSatisfy({ (1...limit).contains($0) }),
      zip(segmentCounts, segmentCounts.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw .invalidOption(
        name: "segments", value: segmentCounts.map(String.init).joined(separator: ","),
        expected: "numbers from 1 to \(limit) that rise")
    }
  }

  private static func conditions(
    _ memory: MemoryConfiguration, _ model: ModelFile
  ) -> [(name: String, value: JSONValue)] {
    [
      ("segmentPositions", .integer(memory.segmentPositions)),
      ("model", .string("checksum \(model.fingerprint)")),
    ]
  }

  private static func settings(_ memory: MemoryConfiguration) -> [(name: String, value: String)] {
    [
      ("segment positions", "\(memory.segmentPositions)"),
      ("alignment", memory.alignment.rawValue),
    ]
  }

  /// What a line of the results calls a file of stories: its name without its folder.
  package static func storiesFile(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// A setting's name as a member of an object: `fact positions` is `factPositions`.
  private static func memberName(_ name: String) -> String {
    let words = name.split(separator: " ")
    return words.enumerated().map { index, word in
      index == 0 ? String(word) : word.prefix(1).uppercased() + word.dropFirst()
    }.joined()
  }
}

extension ModelFile {
  /// A checksum that changes whenever what the model is, or one of its numbers or words, does; where
  /// the model came from does not count.
  package var fingerprint: String {
    var fingerprint = Fingerprint()
    fingerprint.combine(description.json.serialized(pretty: false))
    for tensor in weights.tensors {
      fingerprint.combine(tensor.name)
      fingerprint.combine(tensor.elementType.rawValue)
      fingerprint.combine(weights.checksum(of: tensor.name)?.description ?? "")
    }
    return fingerprint.hexadecimal
  }
}
