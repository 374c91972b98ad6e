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
  /// What causes it most likely, or what to try; earlier versions did not keep it.
  let advice: String?

  /// A failure with every part given.
  init(cause: Cause, problem: String, advice: String?) {
    (self.cause, self.problem, self.advice) = (cause, problem, advice)
  }

  /// The failure that a folder keeps; `nil` where there is none.
  ///
  /// - Throws: ``ExperimentError/unusableState(path:problem:others:)`` for another file; `JSONError`,
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
    self.init(cause: cause, problem: problem, advice: json["advice"]?.string)
  }

  /// Keeps it.
  ///
  /// - Throws: `FileError`.
  func write(to path: String) throws(FileError) {
    var json: JSONObject = ["cause": .string(cause.rawValue), "problem": .string(problem)]
    if let advice { json["advice"] = .string(advice) }
    try ExperimentFolder.write(JSONValue.object(json).serialized(pretty: true) + "\n", to: path)
  }
}
