import JSON
import TensorStorage

/// Why a seed did not learn, as its folder keeps it: the same numbers would only fail again.
struct SeedFailure: Sendable, Hashable {
  /// What went wrong.
  enum Cause: String, Sendable {
    /// Loss or gradients were no numbers any more.
    case diverged
    /// A stage's steps were spent, and nothing was learned.
    case atChance
  }

  /// What went wrong.
  let cause: Cause
  /// The same in a sentence.
  let problem: String

  /// A failure with every part given.
  init(cause: Cause, problem: String) { (self.cause, self.problem) = (cause, problem) }

  /// The failure that a folder keeps; `nil` where there is none.
  ///
  /// - Throws: ``ExperimentError/unusableState(path:problem:)`` for another file; `JSONError`,
  ///   `FileError`.
  init?(path: String) throws {
    guard ExperimentFolder.exists(path) else { return nil }
    let file = try RandomAccessFile(path: path)
    let json = try JSONValue(parsing: file.bytes(in: 0..<file.byteCount), file: path)
    guard let cause = json["cause"]?.string.flatMap(Cause.init),
      let problem = json["problem"]?.string
    else {
      throw ExperimentError.unusableState(path: path, problem: "the file names no failure")
    }
    self.init(cause: cause, problem: problem)
  }

  /// Keeps it.
  ///
  /// - Throws: `FileError`.
  func write(to path: String) throws(FileError) {
    let json: JSONValue = ["cause": .string(cause.rawValue), "problem": .string(problem)]
    try ExperimentFolder.write(json.serialized(pretty: true) + "\n", to: path)
  }
}
