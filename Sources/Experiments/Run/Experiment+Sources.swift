import CheckpointConversion
import FineTuning
import JSON
import TensorStorage

extension Experiment {
  /// Finds everything that the recipe reads and takes its checksums.
  ///
  /// - Returns: the files, and the recipe's sources with their checksums.
  /// - Throws: ``RecipeError`` for a source or a file that is missing, a source that has changed, or a
  ///   folder of the experiment's that lies in one that it reads; what `checkCancellation` throws.
  func findFiles(
    report: (ExperimentEvent) -> Void, checkCancellation: () throws -> Void
  ) throws -> (files: [FoundFile], sources: [JSONValue]) {
    var known: [String: String] = [:]
    func checksum(_ name: String, at path: String, isCheckpoint: Bool = false) throws -> String {
      if let checksum = known[path] { return checksum }
      try checkCancellation()
      // Of a checkpoint's folder only what goes into the model counts, not its card; a source counts
      // whole, as the recipe's own checksum of it does.
      let files =
        isCheckpoint
        ? try CheckpointConverter.sourcePaths(of: self.path(name))
        : try TextFolder.files(in: [path])
      let checksum = try SourceChecksum.checksum(
        of: files, in: path, checkCancellation: checkCancellation)
      known[path] = checksum
      report(.checksum(name: name, checksum))
      return checksum
    }
    // What is missing is told before anything large is read.
    for source in recipe.sources {
      let path = "\(dataFolder)/\(source.name)"
      guard ExperimentFolder.exists(path) else {
        throw RecipeError.missingSource(
          file: file, name: source.name, path: path, origin: source.origin)
      }
    }
    let located = try recipe.files.map { part in
      guard let path = Self.located(path(part.name)) else {
        throw RecipeError.missingFile(file: file, key: part.key, path: path(part.name))
      }
      return (part: part, path: path)
    }
    // Of a checkpoint's folder only its own files are read, wherever else something is put in it.
    let inputs =
      recipe.sources.map { "\(dataFolder)/\($0.name)" }
      + located.filter { $0.part.key != "model.checkpoint" }.map(\.path)
    if let input = inputs.first(where: folder.lies) {
      throw RecipeError.outputInInput(folder: folder.path, input: input)
    }
    let sources: [JSONValue] = try recipe.sources.map { source in
      let path = "\(dataFolder)/\(source.name)"
      let found = try checksum(source.name, at: path)
      guard source.checksum == nil || source.checksum == found else {
        throw RecipeError.changedSource(
          path: path, expected: source.checksum ?? "", found: found)
      }
      return [
        "name": .string(source.name), "origin": .string(source.origin), "checksum": .string(found),
      ]
    }
    let files = try located.map { part, path in
      FoundFile(
        key: part.key, name: part.name, path: path,
        checksum: try checksum(part.name, at: path, isCheckpoint: part.key == "model.checkpoint"),
        shapesWeights: part.shapesWeights)
    }
    return (files, sources)
  }

  /// Where a file is, or the index of a TensorFlow checkpoint, which is named by what its files' names
  /// begin with; the index holds a checksum of every tensor.
  private static func located(_ path: String) -> String? {
    [path, "\(path).index"].first(where: ExperimentFolder.exists)
  }

  /// Makes sure that the stories can be read, are the task's, and have answers that can be learned.
  ///
  /// - Throws: ``RecipeError`` with the key that names the stories.
  func checkStories(_ files: [FoundFile], checkCancellation: () throws -> Void) throws {
    let measured = recipe.testStories
    guard !measured.isEmpty else { return }
    let form = recipe.task.storyForm
    var labels = MovementTask.places
    if let stories = recipe.task.stories {
      func checksum(_ name: String) -> String? { files.first { $0.name == name }?.checksum }
      for (key, name) in measured where checksum(name) == checksum(stories) {
        throw RecipeError.contradiction(
          file: file, key: key, problem: "these are the stories to train on")
      }
      let training = try blamingKeys {
        try StoryCollection(
          trainingPath: path(stories), evaluationPath: recipe.task.validationStories.map(path),
          form: form, provenance: [], allowsTrainingStories: false,
          checkCancellation: checkCancellation)
      }
      if recipe.task.name == .babi { labels = training.answers }
    }
    for (key, name) in measured {
      try blamingKeys(stories: key) {
        try StoryCollection(
          testPath: path(name), form: form, provenance: [], allowsTrainingStories: false,
          checkCancellation: checkCancellation
        ).checkAnswers(among: labels)
      }
    }
  }

  /// Where a name of the recipe leads: a source's into the data folder, others beside the recipe.
  func path(_ name: String) -> String {
    if name.hasPrefix("/") { return name }
    let isSource = recipe.sources.contains { $0.holds(name) }
    return isSource ? "\(dataFolder)/\(name)" : "\(Self.folder(of: file))/\(name)"
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
