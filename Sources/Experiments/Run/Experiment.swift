import CheckpointConversion
import ExperimentReport
import JSON
import ModelSchema
import TensorStorage

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
  let file: String
  let dataFolder: String
  let threadCount: Int

  /// An experiment that is ready to begin.
  ///
  /// - Parameters:
  ///   - file: the recipe.
  ///   - dataFolder: where the recipe's sources lie; `nil` for the recipe's own folder.
  /// - Throws: `FileError`, `JSONError`, ``RecipeError``.
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
  /// A seed that does not learn leaves its failure in its folder; the others, the results and the
  /// report are made all the same.
  ///
  /// - Parameters:
  ///   - report: told what happens.
  ///   - shouldStop: asked all the time; when it says yes, what is under way is saved and the run ends.
  /// - Throws: `Interrupted` when asked to stop; ``RecipeError``; ``ExperimentError``, at the end that
  ///   some seeds failed; the errors of the parts.
  public func run(
    report: @escaping (ExperimentEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) throws {
    let monitor = ExperimentMonitor(report: report, shouldStop: shouldStop)
    do {
      try run(monitor)
    } catch is Interrupted {
      throw Interrupted(
        advice: "What is done is kept in \(folder.path); run the same command again to go on.")
    }
  }

  private func run(_ monitor: ExperimentMonitor) throws {
    monitor.report(.part("checking the sources"))
    let found = try findFiles(
      report: monitor.report, checkCancellation: monitor.checkCancellation)
    try checkStories(found.files, checkCancellation: monitor.checkCancellation)
    try folder.checkOwnership()
    try ExperimentFolder.create(folder.path)
    try FolderLock(folder: folder.path).hold { try run(found.files, found.sources, monitor) }
  }

  /// Makes every part that is not there.
  private func run(
    _ files: [FoundFile], _ sources: [JSONValue], _ monitor: ExperimentMonitor
  ) throws {
    var kept = json.object ?? JSONObject()
    if !sources.isEmpty { kept["sources"] = .array(sources) }
    for note in try folder.check(recipe, files: files) { monitor.report(.note(note)) }
    try checkResults()
    try folder.keep(kept, files: files)
    try make(folder.model, "converting the checkpoint", monitor) {
      let conversion = try CheckpointConverter.convert(
        source: path(recipe.model.checkpoint), to: folder.model, elementType: nil,
        collision: .keepExisting
      ) { _ in try monitor.checkCancellation() }
      for note in conversion.notes { monitor.report(.note(note)) }
    }
    var failures: [ExperimentError.Failure] = []
    var hasCheckedEvaluations = false
    for seed in recipe.seeds {
      if let failure = try train(seed, monitor, hasCheckedEvaluations: &hasCheckedEvaluations) {
        failures.append(failure)
        monitor.report(.note("Seed \(seed) failed: \(failure.problem)."))
      } else {
        try evaluate(seed, monitor)
      }
    }
    try collectResults()
    try draw(monitor)
    monitor.report(.part("writing the report"))
    try ExperimentFolder.write(ExperimentReport(folder: folder.path).html(), to: folder.report)
    guard failures.isEmpty else {
      throw ExperimentError.failedSeeds(
        folder: folder.path, seedCount: recipe.seeds.count, failures)
    }
  }

  /// Does a part unless its file is there.
  func make(
    _ path: String, _ what: String, _ monitor: ExperimentMonitor, _ work: () throws -> Void
  ) throws {
    if ExperimentFolder.exists(path) {
      monitor.report(.partIsThere(what))
    } else {
      try monitor.checkCancellation()
      monitor.report(.part(what))
      try work()
    }
  }

  /// The memory's settings of every run.
  var memory: MemoryConfiguration {
    MemoryConfiguration(
      tokenCount: recipe.model.memoryTokenCount,
      segmentPositions: recipe.model.segmentPositions, alignment: recipe.model.alignment)
  }
}

/// Who is told what happens in a run, and who may end it.
struct ExperimentMonitor {
  /// Told what happens.
  let report: (ExperimentEvent) -> Void
  /// Asked all the time.
  let shouldStop: () -> Bool

  /// Ends the part when the user asks for it.
  ///
  /// - Throws: `Interrupted`.
  func checkCancellation() throws {
    if shouldStop() { throw Interrupted() }
  }
}
