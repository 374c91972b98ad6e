import CheckpointConversion
import ExperimentReport
import FineTuning
import JSON
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import TrainingRecords

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Runs a recipe from the checkpoint to the report.
///
/// Every part leaves its file in the folder when it is done, and what is under way keeps its own state
/// beside it: a run that is stopped at any moment goes on from there when the same recipe is run into
/// the same folder, to the same numbers.
public struct Experiment {
  /// What is run.
  public let recipe: Recipe
  /// Where everything goes.
  public let folder: ExperimentFolder
  private let json: JSONValue
  private let file: String
  private let dataFolder: String
  let threadCount: Int

  /// An experiment that is ready to begin.
  ///
  /// - Parameters:
  ///   - file: the recipe.
  ///   - dataFolder: where the recipe's sources lie; `nil` for the recipe's own folder.
  /// - Throws: `FileError`, `JSONError`, ``RecipeError``, `CurriculumError`.
  public init(
    recipe file: String, dataFolder: String?, folder: ExperimentFolder, threadCount: Int
  ) throws {
    let bytes = try RandomAccessFile(path: file)
    guard bytes.byteCount <= Self.maximumRecipeByteCount else {
      throw RecipeError.invalid(
        file: file, key: "the whole file", found: "\(bytes.byteCount) bytes",
        expected: "at most \(Self.maximumRecipeByteCount)")
    }
    json = try JSONValue(parsing: bytes.bytes(in: 0..<bytes.byteCount), file: file)
    recipe = try Recipe(json: json, file: file)
    self.file = file
    self.dataFolder = dataFolder ?? Self.folder(of: file)
    self.folder = folder
    self.threadCount = threadCount
  }

  /// The longest recipe that is read.
  static let maximumRecipeByteCount = 1 << 20

  /// Runs what is not done yet.
  ///
  /// - Parameters:
  ///   - report: told what happens.
  ///   - shouldStop: asked all the time; when it says yes, what is under way is saved and the run ends.
  /// - Throws: `Interrupted` when asked to stop; ``RecipeError``; the errors of the parts.
  public func run(
    report: @escaping (ExperimentEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) throws {
    func checkCancellation() throws { if shouldStop() { throw Interrupted() } }
    report(.part("checking the sources"))
    try folder.begin(recipe: record(checkCancellation: checkCancellation))
    try make(folder.model, "converting the checkpoint", report) {
      let conversion = try CheckpointConverter.convert(
        source: path(recipe.model.checkpoint), to: folder.model, elementType: nil,
        collision: .keepExisting
      ) { _ in try checkCancellation() }
      for note in conversion.notes { report(.note(note)) }
    }
    for seed in recipe.seeds {
      try train(seed: seed, report: report, shouldStop: shouldStop)
      try evaluate(seed: seed, report: report, shouldStop: shouldStop)
    }
    try collectResults()
    if let segmentCount = recipe.attentionSegmentCount, let seed = recipe.seeds.first {
      report(.part("drawing attention"))
      try draw(segmentCount: segmentCount, seed: seed)
    }
    report(.part("writing the report"))
    try ExperimentFolder.write(ExperimentReport(folder: folder.path).html(), to: folder.report)
  }

  // MARK: The parts

  /// Does a part unless its file is there.
  private func make(
    _ path: String, _ what: String, _ report: (ExperimentEvent) -> Void, _ work: () throws -> Void
  ) throws {
    if access(path, F_OK) == 0 {
      report(.partIsThere(what))
    } else {
      report(.part(what))
      try work()
    }
  }

  private func train(
    seed: UInt64, report: @escaping (ExperimentEvent) -> Void, shouldStop: @escaping () -> Bool
  ) throws {
    let run = folder.run(seed: seed)
    try ExperimentFolder.create(run.path)
    let request = recipe.task.trainingRequest(resolve: path)
    if recipe.model.start == .random {
      try make(run.random, "seed \(seed): drawing random numbers", report) {
        let model = try ModelFile(path: folder.model)
        guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
        let description = ModelDescription(
          encoder: model.description.encoder, memory: nil, labels: [])
        try RandomModel(description: description, tokenizer: tokenizer, seed: seed)
          .write(to: run.random, collision: .keepExisting)
      }
    }
    try make(run.memory, "seed \(seed): attaching memory", report) {
      let model = try ModelFile(
        path: recipe.model.start == .random ? run.random : folder.model)
      let attachment = MemoryAttachment(
        memory: memory, labels: try request.labels(), seed: seed)
      _ = try attachment.attach(to: model, writing: run.memory, collision: .keepExisting)
    }
    try make(run.trained, "seed \(seed): training", report) {
      let model = try ModelFile(path: run.memory)
      let task = try request.make(for: model, memory: memory, seed: seed, use: .training) {
        if shouldStop() { throw Interrupted() }
      }
      let tuner = try FineTuner(
        model: model,
        data: TaskData(
          task: task, memory: memory,
          validationSampleCount: recipe.training.validationSampleCount),
        options: recipe.training.options(memory: memory, seed: seed, threadCount: threadCount),
        outputPath: run.trained, collision: .keepExisting, resumes: true)
      let metrics = try MetricsLog(path: run.metrics)
      _ = try tuner.run(
        report: { event in
          Self.keep(event, in: metrics, report)
          report(.training(event))
        }, shouldStop: shouldStop)
    }
  }

  /// Puts down what an event measured; that it cannot be written must not end the training.
  private static func keep(
    _ event: FineTuningEvent, in metrics: MetricsLog, _ report: (ExperimentEvent) -> Void
  ) {
    do throws(FileError) {
      if case .resumed(let runStep, let isEvaluated) = event {
        try metrics.resume(afterRunStep: runStep, isEvaluated: isEvaluated)
      } else if let record = event.record {
        try metrics.append(record)
      }
    } catch {
      report(.note("\(error) What training measures is no longer kept there."))
    }
  }

  private func evaluate(
    seed: UInt64, report: @escaping (ExperimentEvent) -> Void, shouldStop: @escaping () -> Bool
  ) throws {
    let run = folder.run(seed: seed)
    for (index, evaluation) in recipe.evaluations.enumerated() {
      let what = "seed \(seed): evaluation \(index + 1) of \(recipe.evaluations.count)"
      let results = run.results(index + 1)
      if access(results, F_OK) == 0, access("\(results).evaluating", F_OK) != 0 {
        try check(results, against: evaluation, key: "evaluations[\(index)]")
        report(.partIsThere(what))
        continue
      }
      report(.part(what))
      let model = try ModelFile(path: run.trained)
      let request = recipe.task.testRequest(evaluation.factPositions, resolve: path)
      let task = try request.make(
        for: model, memory: memory, seed: evaluation.seed, use: .measuring
      ) { if shouldStop() { throw Interrupted() } }
      let measurement = try LengthEvaluation(
        model: model, memory: memory, task: task, segmentCounts: evaluation.segmentCounts,
        sampleCount: evaluation.sampleCount, seed: evaluation.seed, threadCount: threadCount)
      _ = try measurement.run(
        resultsPath: results, resumes: true,
        report: { report(.evaluation($0)) }, shouldStop: shouldStop)
    }
  }

  /// Makes sure that finished results are those of an evaluation as the recipe has it now.
  private func check(
    _ results: String, against evaluation: RecipeEvaluation, key: String
  ) throws {
    let rows = try Self.rows(results)
    func differs(_ name: String, _ before: JSONValue?, _ now: JSONValue) -> RecipeError? {
      if before == now { return nil }
      return .otherSettings(
        folder: results, key: "\(key).\(name)",
        before: before?.serialized(pretty: false) ?? "nothing",
        now: now.serialized(pretty: false))
    }
    let error =
      differs(
        "segments", .array(rows.compactMap { $0["segments"] }),
        .array(evaluation.segmentCounts.map { .integer($0) }))
      ?? differs("samples", rows.last?["samples"], .integer(evaluation.sampleCount))
      ?? differs(
        "factPositions", rows.last?["factPositions"], .string(evaluation.factPositions.rawValue))
      ?? differs("seed", rows.last?["seed"], .integer(Int(evaluation.seed)))
    if let error { throw error }
  }

  /// The rows of a results file.
  private static func rows(_ path: String) throws -> [JSONObject] {
    let file = try RandomAccessFile(path: path)
    let text = String(decoding: try file.bytes(in: 0..<file.byteCount), as: UTF8.self)
    return try text.split(separator: "\n").compactMap {
      try JSONValue(parsing: Array($0.utf8), file: path).object
    }
  }

  /// Joins the rows of all seeds and evaluations, each with the seed of its training.
  private func collectResults() throws {
    var lines = ""
    for seed in recipe.seeds {
      for number in 1..<recipe.evaluations.count + 1 {
        for var row in try Self.rows(folder.run(seed: seed).results(number)) {
          // What distinguishes the curves of a report is the training, not the documents.
          row["documentSeed"] = row["seed"]
          row["seed"] = .integer(Int(seed))
          lines += JSONValue.object(row).serialized(pretty: false) + "\n"
        }
      }
    }
    if !lines.isEmpty { try ExperimentFolder.write(lines, to: folder.results) }
    if let first = recipe.seeds.first {
      let file = try RandomAccessFile(path: folder.run(seed: first).metrics)
      let bytes = try file.bytes(in: 0..<file.byteCount)
      try ExperimentFolder.write(String(decoding: bytes, as: UTF8.self), to: folder.metrics)
    }
  }

  /// The memory's settings of every run.
  var memory: MemoryConfiguration {
    MemoryConfiguration(
      tokenCount: recipe.model.memoryTokenCount,
      segmentPositions: recipe.model.segmentPositions, alignment: recipe.model.alignment)
  }

  // MARK: Files

  /// The recipe with the checksums of its sources as they lie here.
  ///
  /// - Throws: ``RecipeError`` for a source that is missing or has changed.
  private func record(checkCancellation: () throws -> Void) throws -> JSONObject {
    let sources: [JSONValue] = try recipe.sources.map { source in
      let path = "\(dataFolder)/\(source.name)"
      guard access(path, F_OK) == 0 else {
        throw RecipeError.missingSource(
          file: file, name: source.name, path: path, origin: source.origin)
      }
      let checksum = try SourceChecksum.checksum(of: path, checkCancellation: checkCancellation)
      guard source.checksum == nil || source.checksum == checksum else {
        throw RecipeError.changedSource(
          path: path, expected: source.checksum ?? "", found: checksum)
      }
      return [
        "name": .string(source.name), "origin": .string(source.origin),
        "checksum": .string(checksum),
      ]
    }
    var record = json.object ?? JSONObject()
    if !sources.isEmpty { record["sources"] = .array(sources) }
    return record
  }

  /// Where a name of the recipe leads: a source's into the data folder, others beside the recipe.
  func path(_ name: String) -> String {
    let isSource = recipe.sources.contains { name == $0.name || name.hasPrefix($0.name + "/") }
    if name.hasPrefix("/") { return name }
    return isSource ? "\(dataFolder)/\(name)" : "\(Self.folder(of: file))/\(name)"
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
