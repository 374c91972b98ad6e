import TensorStorage

/// A model cannot learn a task.
public enum TaskError: DescribedError, Equatable {
  /// The model's labels lack some of the task's answers.
  case missingLabels([String], modelLabels: [String], taskLabels: [String])
  /// A segment has no room for the facts and the question.
  case segmentTooSmall(segmentSize: Int, neededTokenCount: Int)
  /// The vocabulary has no pieces for a word of the task, so its sentences would look alike.
  case unknownWord(sentence: String)
  /// A task has no end by itself.
  case noSampleCount

  /// The family it belongs to.
  public var kind: FailureKind {
    switch self {
    case .noSampleCount: .usage
    default: .badData
    }
  }

  /// Nothing: the problem tells what it is about.
  public var place: String? { nil }

  /// What happened and what was expected.
  public var problem: String {
    switch self {
    case .missingLabels(let missing, let modelLabels, let taskLabels):
      "the task's \(missing.count == 1 ? "answer" : "answers") "
        + missing.map { "\"\($0)\"" }.joined(separator: ", ")
        + " \(missing.count == 1 ? "is" : "are") not among the model's labels "
        + "(\(modelLabels.joined(separator: ", "))); it needs \(taskLabels.joined(separator: ", "))"
    case .segmentTooSmall(let size, let needed):
      "a segment holds \(size) document tokens, but facts and question take up to \(needed)"
    case .unknownWord(let sentence):
      "the model's vocabulary has [UNK] for a word of \"\(sentence)\""
    case .noSampleCount: "a task has as many samples as one asks for, and none were asked for"
    }
  }

  /// What to do.
  public var advice: String? {
    switch self {
    case .missingLabels(_, _, let taskLabels):
      "Attach a classifier with them: rmt attach --labels \(taskLabels.joined(separator: ","))."
    case .segmentTooSmall: "Take more positions a segment, or fewer memory tokens."
    case .unknownWord: "Take a model whose vocabulary covers English."
    case .noSampleCount: "Say how many with --samples."
    }
  }
}
