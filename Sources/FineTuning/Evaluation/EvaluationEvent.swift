/// What happens in an evaluation, as it happens; whoever started it shows or keeps it.
public enum EvaluationEvent: Sendable {
  /// Something a person should know.
  case note(String)
  /// Segments of all samples that are read, of those of the rows that are under way.
  case reading(segmentCount: Int, of: Int)
  /// A row is done.
  case row(EvaluationRow)
  /// The state was saved.
  case saved(path: String)
}
