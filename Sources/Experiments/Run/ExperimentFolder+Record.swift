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

  /// Begins an experiment in this folder, or makes sure that it is the one that was begun here.
  ///
  /// What was computed is compared with what it depends on: weights with model, task and training,
  /// rows also with the stories to be measured on. As long as nothing is trained, another recipe may
  /// take the folder; what was converted for the one before is then made anew.
  ///
  /// - Parameters:
  ///   - json: the recipe as it is to be kept.
  ///   - files: everything that it reads.
  /// - Returns: what a person should know.
  /// - Throws: ``RecipeError/otherSettings(folder:key:before:now:)``,
  ///   ``ExperimentError/changedFile(folder:key:path:before:now:)``, `FileError`, `JSONError`.
  func begin(_ recipe: Recipe, json: JSONObject, files: [FoundFile]) throws -> [String] {
    var notes: [String] = []
    if Self.exists(record) {
      let file = try RandomAccessFile(path: record)
      let json = try JSONValue(parsing: file.bytes(in: 0..<file.byteCount), file: record)
      let before = try Recipe(json: json, file: record)
      let present = try self.files()
      if let change = change(of: before, json, to: recipe, files, inWeights: true) {
        guard !present.contains(where: Self.isOfTraining) else { throw change }
        for path in present where path.hasSuffix(".rmtw") { try Self.remove(path) }
      }
      if let change = change(of: before, json, to: recipe, files, inWeights: false),
        present.contains(where: Self.isOfResults)
      {
        throw change
      }
      if let version = json["record"]?["toolVersion"]?.string,
        version != ProvenanceStep.currentToolVersion
      {
        notes.append(
          "The experiment in \(path) was last run by version \(version); this is "
            + "\(ProvenanceStep.currentToolVersion).")
      }
    }
    var record = json
    var checksums = JSONObject()
    for file in files { checksums[file.name] = .string(file.checksum) }
    record["record"] = [
      "toolVersion": .string(ProvenanceStep.currentToolVersion), "files": .object(checksums),
    ]
    try Self.write(JSONValue.object(record).serialized(pretty: true) + "\n", to: self.record)
    return notes
  }

  /// Why what was computed for one recipe is no good for another.
  private func change(
    of before: Recipe, _ json: JSONValue, to now: Recipe, _ files: [FoundFile], inWeights: Bool
  ) -> (any Error)? {
    let settings = inWeights ? \Recipe.weightSettings : \Recipe.rowSettings
    if let difference = SettingsDifference(
      before[keyPath: settings], now[keyPath: settings])
    {
      return RecipeError.otherSettings(
        folder: path, key: difference.key, before: difference.before, now: difference.now)
    }
    for file in files where file.shapesWeights == inWeights {
      // A name that the record lacks was not read before.
      guard let checksum = json["record"]?["files"]?[file.name]?.string else { continue }
      guard checksum == file.checksum else {
        return ExperimentError.changedFile(
          folder: path, key: file.key, path: file.path, before: checksum, now: file.checksum)
      }
    }
    return nil
  }

  /// Whether a file holds weights that were trained, or are on the way.
  private static func isOfTraining(_ path: String) -> Bool {
    ["/trained.rmtw", "/trained.rmtw.training", "/failure.json"].contains { path.hasSuffix($0) }
  }

  /// Whether a file holds rows of results, or some that are on the way.
  private static func isOfResults(_ path: String) -> Bool {
    let name = path.split(separator: "/").last ?? ""
    return name.hasPrefix("results-")
  }
}
