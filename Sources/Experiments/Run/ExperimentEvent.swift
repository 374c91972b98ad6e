import FineTuning

/// What happens in an experiment, as it happens; whoever runs it shows it.
public enum ExperimentEvent: Sendable {
  /// A part of the work begins: what it is, in a few words.
  case part(String)
  /// A part was done by an earlier run.
  case partIsThere(String)
  /// A file or folder was found, with this checksum, which a recipe may ask for.
  case checksum(name: String, String)
  /// Something a person should know.
  case note(String)
  /// Something of a training.
  case training(FineTuningEvent)
  /// Something of an evaluation.
  case evaluation(EvaluationEvent)
}
