import TensorStorage

/// A file of labelled documents breaks one of its rules.
public enum DocumentError: DescribedError, Equatable {
  /// A line is not a JSON object.
  case brokenLine(file: String, line: Int, reason: String)
  /// A line is longer than any document may be.
  case lineTooLong(file: String, line: Int, maximumByteCount: Int)
  /// A line has more values than the ids of any document.
  case tooManyValues(file: String, line: Int, maximumCount: Int)
  /// A line has no member `text`, or it is not a string.
  case noText(file: String, line: Int)
  /// A line's `ids` are no array of ids of the vocabulary.
  case badIDs(file: String, line: Int, vocabularySize: Int)
  /// A line has a text and the model no tokenizer.
  case noTokenizer(file: String, line: Int)
  /// A document has no tokens.
  case emptyText(file: String, line: Int)
  /// A line has no member `label`, or it is neither a string nor a whole number.
  case noLabel(file: String, line: Int)
  /// A label is not one of the model's.
  case unknownLabel(file: String, line: Int, label: String, modelLabels: [String])
  /// The file has no documents.
  case noDocuments(file: String)

  /// The family it belongs to.
  public var kind: FailureKind { .badData }

  /// Where: the file and line, the stage, or nothing.
  public var place: String? {
    switch self {
    case .brokenLine(let file, let line, _), .lineTooLong(let file, let line, _),
      .tooManyValues(let file, let line, _),
      .noText(let file, let line), .badIDs(let file, let line, _),
      .noTokenizer(let file, let line), .emptyText(let file, let line),
      .noLabel(let file, let line),
      .unknownLabel(let file, let line, _, _):
      "\(file), line \(line)"
    case .noDocuments(let file): file
    }
  }

  /// What happened and what was expected.
  public var problem: String {
    switch self {
    case .brokenLine(_, _, let reason):
      "a JSON object with \"text\" and \"label\" was expected: \(reason)"
    case .lineTooLong(_, _, let maximum): "the line is longer than \(maximum) bytes"
    case .tooManyValues(_, _, let maximum): "the line holds more than \(maximum) values"
    case .noText: "the line has no \"text\" that is a string"
    case .badIDs(_, _, let size): "the line's \"ids\" are not numbers from 0 to \(size - 1)"
    case .noTokenizer: "the line has a text, and the model's file holds no tokenizer"
    case .emptyText: "the document is empty: its text has no tokens"
    case .noLabel: "the line has no \"label\" that is a string or a whole number"
    case .unknownLabel(_, _, let label, let labels):
      "the label \(label) is not one of the model's labels: "
        + labels.enumerated().map { "\($0.element) (\($0.offset))" }.joined(separator: ", ")
    case .noDocuments: "the file has no documents"
    }
  }

  /// What to do.
  public var advice: String? {
    switch self {
    case .brokenLine, .noText, .noLabel:
      "Write one document a line, as {\"text\": \"…\", \"label\": \"…\"}."
    case .badIDs: "Write the ids of the model's own vocabulary, as {\"ids\": [7592, …]}."
    case .noTokenizer: "Write {\"ids\": […], \"label\": \"…\"}, ids in place of the text."
    case .lineTooLong: "Put one document on each line; split this one if it is one."
    case .tooManyValues: "Split the document; each line has one label and at most that many ids."
    case .emptyText: "Remove the line, or give it a text."
    case .unknownLabel:
      "Correct the label, or attach a classifier that has it (rmt attach --labels)."
    case .noDocuments: "Write one document a line, as {\"text\": \"…\", \"label\": \"…\"}."
    }
  }
}
