import JSON
import TensorStorage

extension Experiment {
  /// The seeds that have a trained model.
  var trainedSeeds: [UInt64] {
    recipe.seeds.filter { ExperimentFolder.exists(folder.run(seed: $0).trained) }
  }

  /// Joins the rows of all trained seeds and evaluations, each with the seed of its training, and
  /// takes away what the recipe no longer makes.
  ///
  /// - Throws: `FileError`, `JSONError`.
  func collectResults() throws {
    var lines = ""
    for seed in trainedSeeds {
      for number in recipe.evaluations.indices.map({ $0 + 1 }) {
        for var row in try Self.rows(folder.run(seed: seed).results(number)) {
          // What distinguishes the curves of a report is the training, not the documents.
          row["documentSeed"] = row["seed"]
          row["seed"] = .integer(Int(seed))
          lines += JSONValue.object(row).serialized(pretty: false) + "\n"
        }
      }
    }
    if lines.isEmpty {
      try ExperimentFolder.remove(folder.results)
    } else {
      try ExperimentFolder.write(lines, to: folder.results)
    }
    // A seed that failed is shown where there is no other.
    let metrics = (trainedSeeds + recipe.seeds).map { folder.run(seed: $0).metrics }
    if let first = metrics.first(where: ExperimentFolder.exists) {
      let file = try RandomAccessFile(path: first)
      let bytes = try file.bytes(in: 0..<file.byteCount)
      try ExperimentFolder.write(String(decoding: bytes, as: UTF8.self), to: folder.metrics)
    } else {
      try ExperimentFolder.remove(folder.metrics)
    }
  }
}
