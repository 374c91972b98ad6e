import TensorStorage

/// An experiment cannot go on in its folder, or not all of it came out well.
public enum ExperimentError: DescribedError, Equatable {
  /// Another process runs an experiment in the folder.
  case inUse(folder: String)
  /// A file has another content than the one that the experiment was begun with.
  case changedFile(folder: String, key: String, path: String, before: String, now: String)
  /// What is under way cannot be gone on with.
  ///
  /// `others` are files that mean nothing without it.
  case unusableState(path: String, problem: String, others: [String] = [])
  /// Some seeds did not learn; everything else is done.
  case failedSeeds(folder: String, seedCount: Int, [Failure])

  /// A seed whose training failed.
  public struct Failure: Sendable, Hashable {
    /// The seed.
    public let seed: UInt64
    /// What went wrong.
    let cause: SeedFailure.Cause
    /// The same in a sentence.
    public let problem: String
    /// What causes it most likely, or what to try; `nil` where that is not known.
    public let advice: String?

    init(seed: UInt64, _ failure: SeedFailure) {
      (self.seed, cause) = (seed, failure.cause)
      (problem, advice) = (failure.problem, failure.advice)
    }
  }

  /// The family it belongs to.
  public var kind: FailureKind {
    switch self {
    case .inUse, .changedFile: .usage
    case .unusableState, .failedSeeds: .badData
    }
  }

  /// Where: the folder or the file.
  public var place: String? {
    switch self {
    case .inUse(let folder), .failedSeeds(let folder, _, _): folder
    case .changedFile(_, let key, let path, _, _): "\(path), \(key)"
    case .unusableState(let path, _, _): path
    }
  }

  /// What happened and what was expected.
  public var problem: String {
    switch self {
    case .inUse: "another process runs an experiment in this folder"
    case .changedFile(let folder, _, _, let before, let now):
      "the content has checksum \(now), but the experiment in \(folder) was begun with \(before)"
    case .unusableState(_, let problem, _): problem
    case .failedSeeds(_, _, let failures):
      "\(failures.count == 1 ? "a seed" : "\(failures.count) seeds") did not learn: "
        + failures.map { "seed \($0.seed): \($0.problem)" }.joined(separator: "; ")
    }
  }

  /// What to do.
  public var advice: String? {
    switch self {
    case .inUse: "Wait for it, or name another folder with -o."
    case .changedFile:
      "Results of different files are not mixed: name another folder with -o, or restore the file."
    case .unusableState(_, _, let others):
      "Undo what was changed, name another folder with -o, or remove this file"
        + others.map { " and \($0)" }.joined() + " to begin this part anew."
    case .failedSeeds(_, let seedCount, let failures):
      Set(failures.compactMap(\.advice)).sorted().map { "\($0) " }.joined()
        + "Change the recipe and name another folder with -o"
        + (failures.contains { $0.cause == .atChance }
          ? ", or go on at chance in this one: \"stopAtChance\": false under \"training\"." : ".")
        + (seedCount > failures.count ? " The report has the other seeds." : "")
    }
  }
}
