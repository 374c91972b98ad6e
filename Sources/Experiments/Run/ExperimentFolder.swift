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
/// experiment.json        the recipe as it was run, with the checksums of its files
/// model.rmtw             the checkpoint as a native file
/// seed-1/random.rmtw     with random numbers, where the recipe starts so
/// seed-1/memory.rmtw     with memory and labels
/// seed-1/trained.rmtw    trained
/// seed-1/metrics.jsonl   loss and accuracy while it learned
/// seed-1/events          the same for TensorBoard
/// seed-1/failure.json    why it did not learn, in place of trained.rmtw
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
    /// The state of a training that is under way.
    public var trainingState: String { "\(trained).training" }
    /// Why the training failed.
    public var failure: String { "\(path)/failure.json" }
    /// Loss and accuracy.
    public var metrics: String { "\(path)/metrics.jsonl" }
    /// Loss and accuracy for TensorBoard.
    public var events: String { "\(path)/events" }
    /// The rows of an evaluation, counted from 1.
    public func results(_ number: Int) -> String { "\(path)/results-\(number).jsonl" }
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

  /// Whether there is something at a path.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Removes a file, if it is there.
  static func remove(_ path: String) throws(FileError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw FileError(.remove, path) }
  }

  /// Whether the folder, which need not exist yet, lies within another or is it; links are followed.
  func lies(in other: String) -> Bool {
    guard let outer = other.realPath else { return false }
    var existing = path
    while existing.realPath == nil, existing != Experiment.folder(of: existing) {
      existing = Experiment.folder(of: existing)
    }
    guard let inner = existing.realPath else { return false }
    return inner == outer || inner.hasPrefix(outer == "/" ? outer : outer + "/")
  }

  /// All files in the folder but hidden ones; none where there is no folder.
  func files() throws -> [String] {
    Self.exists(path) ? try TextFolder.files(in: [path]) : []
  }
}
