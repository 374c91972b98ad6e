import FineTuning
import JSON
import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where everything of an experiment lies.
///
/// ```
/// experiment.json        the recipe as it was run, with the checksums of its sources
/// model.rmtw             the checkpoint as a native file
/// seed-1/random.rmtw     with random numbers, where the recipe starts so
/// seed-1/memory.rmtw     with memory and labels
/// seed-1/trained.rmtw    trained
/// seed-1/metrics.jsonl   loss and accuracy while it learned
/// seed-1/results-1.jsonl the first evaluation's rows
/// metrics.jsonl          loss and accuracy of the first seed
/// results.jsonl          the rows of all seeds and evaluations
/// attention.svg          who reads and writes the memory, first seed
/// report.html            all of it to look at
/// ```
public struct ExperimentFolder: Sendable {
  /// The folder.
  public let path: String

  /// The folder at a path, which need not exist yet.
  public init(path: String) { self.path = path }

  /// The record of what was run.
  public var record: String { "\(path)/experiment.json" }
  /// The checkpoint as a native file.
  public var model: String { "\(path)/model.rmtw" }
  /// Loss and accuracy of the first seed.
  public var metrics: String { "\(path)/metrics.jsonl" }
  /// All rows.
  public var results: String { "\(path)/results.jsonl" }
  /// The drawing.
  public var attention: String { "\(path)/attention.svg" }
  /// The report.
  public var report: String { "\(path)/report.html" }

  /// Where one seed's files lie.
  public func run(seed: UInt64) -> RunFolder { RunFolder(path: "\(path)/seed-\(seed)") }

  /// One seed's files.
  public struct RunFolder: Sendable {
    /// The folder.
    public let path: String
    /// A model with numbers of this seed, where the recipe starts from random ones.
    public var random: String { "\(path)/random.rmtw" }
    /// The model before training.
    public var memory: String { "\(path)/memory.rmtw" }
    /// The trained model.
    public var trained: String { "\(path)/trained.rmtw" }
    /// Loss and accuracy.
    public var metrics: String { "\(path)/metrics.jsonl" }
    /// The rows of an evaluation, counted from 1.
    public func results(_ number: Int) -> String { "\(path)/results-\(number).jsonl" }
  }

  /// Begins an experiment in this folder, or makes sure that it is the one that was begun here.
  ///
  /// Another title, note, list of seeds or of evaluations is no other experiment: nothing that was
  /// computed depends on them, or knows itself on what it depends.
  ///
  /// - Throws: ``RecipeError/otherSettings(folder:key:before:now:)``,
  ///   ``RecipeError/foreignFolder(path:)``, `FileError`, `JSONError`.
  func begin(recipe: JSONObject) throws {
    try Self.create(path)
    if access(record, F_OK) == 0 {
      let file = try RandomAccessFile(path: record)
      let before = try JSONValue(parsing: file.bytes(in: 0..<file.byteCount), file: record)
      let (old, new) = (Self.decisive(before.object ?? JSONObject()), Self.decisive(recipe))
      if let difference = Self.difference(.object(old), .object(new)) {
        throw RecipeError.otherSettings(
          folder: path, key: difference.key, before: difference.before, now: difference.now)
      }
    } else if try !Self.isEmpty(path) {
      throw RecipeError.foreignFolder(path: path)
    }
    try Self.write(JSONValue.object(recipe).serialized(pretty: true) + "\n", to: record)
  }

  /// What results depend on.
  private static func decisive(_ recipe: JSONObject) -> JSONObject {
    var recipe = recipe
    for key in ["title", "note", "seeds", "evaluations", "attentionSegments"] { recipe[key] = nil }
    return recipe
  }

  /// The first place at which two values differ.
  private static func difference(
    _ before: JSONValue?, _ now: JSONValue?, key: String = ""
  ) -> (key: String, before: String, now: String)? {
    func text(_ value: JSONValue?) -> String {
      value.map { String($0.serialized(pretty: false).prefix(80)) } ?? "nothing"
    }
    if before == now { return nil }
    if let before = before?.object, let now = now?.object {
      for name in before.members.map(\.name) + now.members.map(\.name) {
        let path = key.isEmpty ? name : "\(key).\(name)"
        if let found = difference(before[name], now[name], key: path) { return found }
      }
    }
    if let before = before?.array, let now = now?.array, before.count == now.count {
      for index in before.indices {
        if let found = difference(before[index], now[index], key: "\(key)[\(index)]") {
          return found
        }
      }
    }
    return (key, text(before), text(now))
  }

  /// Makes a folder, and those above it, where there are none.
  static func create(_ path: String) throws(FileError) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    var current = path.hasPrefix("/") ? "" : "."
    for part in parts {
      current += "/\(part)"
      guard mkdir(current, 0o777) == 0 || errno == EEXIST else { throw FileError(.create, current) }
    }
  }

  /// Writes a text file whole, in place of an earlier one.
  static func write(_ text: String, to path: String) throws(FileError) {
    var writer = try AtomicFileWriter(path: path, collision: .replace)
    try writer.write(text.utf8)
    try writer.commit()
  }

  private static func isEmpty(_ path: String) throws -> Bool {
    try TextFolder.files(in: [path]).isEmpty
  }
}
