import JSON
import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file that holds the rows of an evaluation, one JSON object a line, and the state beside it.
///
/// Every row that is done is written with all those before it: the file is whole at any moment.
struct EvaluationResults {
  /// Where the rows are.
  let path: String
  /// What a line says before the row's numbers, and after them.
  let subject: [(name: String, value: JSONValue)]
  let conditions: [(name: String, value: JSONValue)]

  /// Where the state is while rows are missing.
  var statePath: String { "\(path).evaluating" }

  /// Makes sure that the file can be written, and that nothing is lost by it.
  ///
  /// - Returns: whether there is a state to go on with.
  /// - Throws: ``FineTuningError/stateExists(path:)``, ``FineTuningError/nothingToResume(path:)``;
  ///   `FileError` when the file exists or its folder is not to be written.
  func prepare(collision: AtomicFileWriter.Collision, resumes: Bool) throws -> Bool {
    let hasState = access(statePath, F_OK) == 0
    if hasState, !resumes {
      guard collision == .replace else { throw FineTuningError.stateExists(path: statePath) }
    }
    if resumes, !hasState, collision == .keepExisting, access(path, F_OK) == 0 {
      throw FineTuningError.nothingToResume(path: path)
    }
    do {
      // Asked before the evaluation and not after it; rows beside a state are its own.
      _ = try AtomicFileWriter(path: path, collision: hasState ? .replace : collision)
    }
    if hasState, !resumes { try Self.remove(statePath) }
    return hasState && resumes
  }

  /// Writes the rows that are done.
  ///
  /// - Throws: `FileError`; the rows that were there before are then still there.
  func write(_ rows: [EvaluationRow]) throws(FileError) {
    var writer = try AtomicFileWriter(path: path, collision: .replace)
    for row in rows {
      var line = JSONObject()
      for (name, value) in subject { line[name] = value }
      for (name, value) in row.json.members { line[name] = value }
      for (name, value) in conditions { line[name] = value }
      try writer.write((JSONValue.object(line).serialized(pretty: false) + "\n").utf8)
    }
    try writer.commit()
  }

  /// Writes all rows, and lets the state go.
  ///
  /// - Throws: `FileError`.
  func finish(_ rows: [EvaluationRow]) throws(FileError) {
    try write(rows)
    try Self.remove(statePath)
  }

  private static func remove(_ path: String) throws(FileError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw FileError(.remove, path) }
  }
}
