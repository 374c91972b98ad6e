import TensorStorage

/// What a run measures cannot be kept where it should.
package enum TrainingRecordsError: DescribedError, Hashable {
  /// The folder holds the event files of another run.
  case otherEvents(folder: String)

  /// The family for the exit code.
  package var kind: FailureKind { .usage }

  /// The folder.
  package var place: String? {
    switch self {
    case .otherEvents(let folder): folder
    }
  }

  /// What is in the way.
  package var problem: String { "the folder holds TensorBoard's events of another run" }

  /// What to do about it.
  package var advice: String? {
    "Choose another folder, pass --resume to go on with that run, or --force to take its place."
  }
}
