import FineTuning
import JSON
import ModelFile
import TensorStorage

extension Experiment {
  /// Measures a seed's trained model as the recipe says.
  ///
  /// - Throws: `Interrupted`; ``RecipeError``; ``ExperimentError``; the errors of `LengthEvaluation`.
  func evaluate(_ seed: UInt64, _ monitor: ExperimentMonitor) throws {
    let run = folder.run(seed: seed)
    for (index, evaluation) in recipe.evaluations.enumerated() {
      let what = "seed \(seed): evaluation \(index + 1) of \(recipe.evaluations.count)"
      let results = run.results(index + 1)
      let state = "\(results).evaluating"
      let resumes = ExperimentFolder.exists(state)
      let model = try ModelFile(path: run.trained)
      if ExperimentFolder.exists(results), !resumes {
        try check(results, ofEvaluation: index, model)
        monitor.report(.partIsThere(what))
        continue
      }
      monitor.report(.part(what))
      let stories = recipe.testStories(ofEvaluation: index)
      let task = try blamingKeys(stories: stories.key) {
        try recipe.task
          .testRequest(evaluation.factPositions, stories: stories.name, resolve: path)
          .make(
            for: model, memory: memory, seed: evaluation.seed, use: .measuring,
            checkCancellation: monitor.checkCancellation)
      }
      for note in task.notes { monitor.report(.note(note.description)) }
      let measurement = try LengthEvaluation(
        model: model, memory: memory, task: task, segmentCounts: evaluation.segmentCounts,
        sampleCount: evaluation.sampleCount, seed: evaluation.seed, threadCount: threadCount)
      do {
        _ = try measurement.run(
          resultsPath: results, resumes: resumes,
          report: { monitor.report(.evaluation($0)) }, shouldStop: monitor.shouldStop)
      } catch let error as FineTuningError {
        // Rows without their state are not gone on with.
        throw ExperimentError.unusableState(
          path: state, problem: error.problem, others: [results])
      }
    }
  }

  /// Makes sure that all finished results are those of the recipe as it is now.
  ///
  /// - Throws: ``RecipeError/otherSettings(folder:key:before:now:)``,
  ///   ``ExperimentError/changedFile(folder:key:path:before:now:)``; the errors of reading.
  func checkResults() throws {
    for run in trainedSeeds.map(folder.run) {
      let model = try ModelFile(path: run.trained)
      for index in recipe.evaluations.indices {
        let results = run.results(index + 1)
        guard ExperimentFolder.exists(results), !ExperimentFolder.exists("\(results).evaluating")
        else { continue }
        try check(results, ofEvaluation: index, model)
      }
    }
  }

  /// Makes sure that finished results are those of an evaluation as the recipe has it now, of its
  /// stories as they are, and of the model that is here.
  private func check(_ results: String, ofEvaluation index: Int, _ model: ModelFile) throws {
    let evaluation = recipe.evaluations[index]
    let key = "evaluations[\(index)]"
    let rows = try Self.rows(results)
    func differs(_ key: String, _ before: JSONValue?, _ now: JSONValue) -> RecipeError? {
      if before == now { return nil }
      return .otherSettings(
        folder: results, key: key, before: before?.serialized(pretty: false) ?? "nothing",
        now: now.serialized(pretty: false))
    }
    let last = rows.last ?? JSONObject()
    let checksum = JSONValue.string("checksum \(model.fingerprint)")
    let error =
      differs(
        "\(key).segments", .array(rows.compactMap { $0["segments"] }),
        .array(evaluation.segmentCounts.map { .integer($0) }))
      ?? differs("\(key).samples", last["samples"], .integer(evaluation.sampleCount))
      ?? differs(
        "\(key).factPositions", last["factPositions"], .string(evaluation.factPositions.rawValue))
      ?? differs("\(key).seed", last["seed"], .integer(Int(evaluation.seed)))
      ?? differs(
        "model.segmentPositions", last["segmentPositions"], .integer(memory.segmentPositions))
      // Rows of earlier versions do not tell their model.
      ?? differs("the trained model", last["model"] ?? checksum, checksum)
    if let error { throw error }
    try checkStories(of: last, in: results, ofEvaluation: index, model)
  }

  /// Makes sure that a row of results tells of the stories that the evaluation names, as they are now.
  private func checkStories(
    of row: JSONObject, in results: String, ofEvaluation index: Int, _ model: ModelFile
  ) throws {
    let (key, name) = recipe.testStories(ofEvaluation: index)
    let request = recipe.task.testRequest(
      recipe.evaluations[index].factPositions, stories: name, resolve: path)
    let now = try blamingKeys(stories: key) {
      try request.storySummary(for: model)
    }
    let before = row["stories"]?.string
    guard let now, now != before else { return }
    let fileBefore = row["storiesFile"]?.string
    if let name, fileBefore == LengthEvaluation.storiesFile(path(name)) {
      // A summary ends with the stories' checksum.
      func checksum(_ summary: String?) -> String {
        summary?.split(separator: " ").last.map(String.init) ?? "none"
      }
      throw ExperimentError.changedFile(
        folder: folder.path, key: key, path: path(name), before: checksum(before),
        now: checksum(now))
    }
    throw RecipeError.otherSettings(
      folder: results,
      // Where no stories are named any more, the evaluation is where they can be.
      key: name == nil && fileBefore != nil ? Recipe.storiesKey(ofEvaluation: index) : key,
      before: fileBefore ?? before ?? "nothing", now: name ?? now)
  }

  /// The rows of a results file.
  static func rows(_ path: String) throws -> [JSONObject] {
    let file = try RandomAccessFile(path: path)
    let text = String(decoding: try file.bytes(in: 0..<file.byteCount), as: UTF8.self)
    return try text.split(separator: "\n").compactMap {
      try JSONValue(parsing: Array($0.utf8), file: path).object
    }
  }
}
