import TensorStorage

/// What the command itself finds wrong before or after a library has spoken.
enum CommandError: DescribedError {
  /// Options that parse but contradict each other or the model.
  case usage(problem: String, advice: String?)
  /// A document without a single token.
  case emptyDocument(path: String)
  /// A file's content that the command cannot use.
  case badData(place: String, problem: String, advice: String?)
  /// Two files that were compared differ.
  case filesDiffer(first: String, second: String, summary: String)

  var kind: FailureKind {
    switch self {
    case .usage: .usage
    case .emptyDocument, .badData, .filesDiffer: .badData
    }
  }

  var place: String? {
    switch self {
    case .usage: nil
    case .emptyDocument(let path): path
    case .badData(let place, _, _): place
    case .filesDiffer(let first, let second, _): "\(first), \(second)"
    }
  }

  var problem: String {
    switch self {
    case .usage(let problem, _), .badData(_, let problem, _): problem
    case .emptyDocument: "the document is empty: it holds no token"
    case .filesDiffer(_, _, let summary): summary
    }
  }

  var advice: String? {
    switch self {
    case .usage(_, let advice), .badData(_, _, let advice): advice
    case .emptyDocument: "Give a document with text in it."
    case .filesDiffer: nil
    }
  }
}
