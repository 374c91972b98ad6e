import TensorStorage

/// A file of stories breaks one of its rules, or cannot be used for what it was named for.
public enum StoryError: DescribedError, Equatable {
  /// A line does not begin with a number.
  case noIdentifier(file: String, line: Int, text: String)
  /// A line's number is neither the next one nor 1.
  case outOfOrder(file: String, line: Int, identifier: Int, expected: Int)
  /// A line has a number and no sentence.
  case noSentence(file: String, line: Int)
  /// A question has no answer behind its tab.
  case noAnswer(file: String, line: Int)
  /// A line has more than question, answer and supporting IDs.
  case tooManyFields(file: String, line: Int, count: Int)
  /// A supporting ID is no number.
  case brokenSupport(file: String, line: Int, text: String)
  /// A supporting ID is not that of a sentence before the question.
  case unknownSupport(file: String, line: Int, identifier: Int)
  /// A question stands before any sentence.
  case noFacts(file: String, line: Int)
  /// A narrative asks nothing.
  case noQuestion(file: String, line: Int)
  /// A line is longer than any sentence may be.
  case lineTooLong(file: String, line: Int, maximumByteCount: Int)
  /// A narrative has more lines than any may have.
  case narrativeTooLong(file: String, line: Int, maximumLineCount: Int)
  /// The file has no lines.
  case noStories(file: String)
  /// A line is none of a file of two-argument relations.
  case notRelations(file: String, line: Int, text: String)
  /// The file is too small to hold a part out.
  case tooFewStories(file: String)
  /// The file is one that the model trained on, or that it trains on.
  case trainedFile(file: String)
  /// Every story is one that the model trained on or was chosen by.
  case onlyTrainedStories(source: String, count: Int)
  /// Some answers, the first of them on that line, are none of the model's labels.
  case unknownAnswers([String], file: String, line: Int, labels: [String])
  /// No story fits into a segment together with its question.
  case storiesTooLong(source: String, segmentSize: Int, shortestTokenCount: Int)

  /// The family it belongs to.
  public var kind: FailureKind { .badData }
}
