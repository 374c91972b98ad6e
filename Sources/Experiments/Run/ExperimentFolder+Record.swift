import FineTuning
import JSON
import ModelFile
import TensorStorage

/// A file that an experiment reads, as it was found.
struct FoundFile: Sendable, Hashable {
  /// The key of the recipe that names it.
  let key: String
  /// The name in the recipe.
  let name: String
  /// Where it lies.
  let path: String
  /// The checksum of its content.
  let checksum: String
  /// Whether weights depend on it, or rows of results alone.
  let shapesWeights: Bool
}

extension ExperimentFolder {
  /// Makes sure that the folder is new, or one of an experiment.
  ///
  /// - Throws: ``RecipeError/foreignFolder(path:)``; `FileError`.
  func checkOwnership() throws {
    if try !Self.exists(record) && !files().isEmpty { throw RecipeError.foreignFolder(path: path) }
  }

  /// Makes sure that a recipe's weights are those of the experiment that was begun here, if one was.
  ///
  /// They are compared with what they depend on: model, task and training up to the last stage that a
  /// seed has begun. As long as nothing is trained, another recipe may take the folder; what was
  /// converted for the one before is then removed, and made anew.
  ///
  /// - Parameter files: everything that the recipe reads.
  /// - Returns: what a person should know.
  /// - Throws: ``RecipeError/otherSettings(folder:key:before:now:)``,
  ///   ``ExperimentError/changedFile(folder:key:path:before:now:)``, `FileError`, `JSONError`.
  func check(_ recipe: Recipe, files: [FoundFile]) throws -> [String] {
    guard Self.exists(record) else { return [] }
    let file = try RandomAccessFile(path: record)
    let json = try JSONValue(parsing: file.bytes(in: 0..<file.byteCount), file: record)
    let before = try Recipe(json: json, file: record)
    let present = try self.files()
    let stageCount = Self.begunStageCount(in: present)
    if let change = weightChange(of: before, json, to: recipe, files, stageCount ?? .max) {
      guard stageCount == nil else { throw change }
      try removeUntrainedModels(seeds: Self.seeds(in: present))
      return [
        "Nothing is trained in \(path) yet, and the recipe has changed; its models are made anew."
      ]
    }
    guard let version = json["record"]?["toolVersion"]?.string,
      version != ProvenanceStep.currentToolVersion
    else { return [] }
    return [
      "The experiment in \(path) was last run by version \(version); this is "
        + "\(ProvenanceStep.currentToolVersion)."
    ]
  }

  /// Keeps the recipe that the folder is now of, with the checksums of everything that it reads.
  ///
  /// - Throws: `FileError`.
  func keep(_ json: JSONObject, files: [FoundFile]) throws {
    var record = json
    var checksums = JSONObject()
    for file in files { checksums[file.name] = .string(file.checksum) }
    record["record"] = [
      "toolVersion": .string(ProvenanceStep.currentToolVersion), "files": .object(checksums),
    ]
    try Self.write(JSONValue.object(record).serialized(pretty: true) + "\n", to: self.record)
  }

  /// Why weights of so many stages of one recipe are no good for another.
  private func weightChange(
    of before: Recipe, _ json: JSONValue, to now: Recipe, _ files: [FoundFile], _ stageCount: Int
  ) -> (any Error)? {
    if let difference = SettingsDifference(
      before.weightSettings(stageCount: stageCount), now.weightSettings(stageCount: stageCount))
    {
      return RecipeError.otherSettings(
        folder: path, key: difference.key, before: difference.before, now: difference.now)
    }
    for file in files where file.shapesWeights {
      // A name that the record lacks was not read before.
      guard let checksum = json["record"]?["files"]?[file.name]?.string else { continue }
      guard checksum == file.checksum else {
        return ExperimentError.changedFile(
          folder: path, key: file.key, path: file.path, before: checksum, now: file.checksum)
      }
    }
    return nil
  }

  /// Removes the models that a recipe begins with.
  ///
  /// They are the checkpoint's, and every seed's with random numbers and with memory. Nothing else in
  /// the folder is the experiment's to remove.
  private func removeUntrainedModels(seeds: Set<UInt64>) throws(FileError) {
    try Self.remove(model)
    for run in seeds.map(run) {
      try Self.remove(run.random)
      try Self.remove(run.memory)
    }
  }

  /// The seeds whose folders hold any of the files, those of earlier recipes among them.
  private static func seeds(in files: [String]) -> Set<UInt64> {
    Set(
      files.compactMap { file in
        let folder = file.split(separator: "/").dropLast().last ?? ""
        return folder.hasPrefix("seed-") ? UInt64(folder.dropFirst("seed-".count)) : nil
      })
  }

  /// How many stages the weights of any seed depend on: of a training that is under way those it has
  /// begun, of one that is done all; `nil` where nothing is trained.
  private static func begunStageCount(in files: [String]) -> Int? {
    files.compactMap { path in
      if path.hasSuffix("/trained.rmtw.training") {
        // What is wrong with a state is told when the training is to go on.
        return (try? FineTuner.begunStageCount(stateAt: path)) ?? .max
      }
      return path.hasSuffix("/trained.rmtw") || path.hasSuffix("/failure.json") ? .max : nil
    }.max()
  }
}
