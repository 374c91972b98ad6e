extension StoryError {
  /// Where: the file and, where there is one, the line.
  public var place: String? { line.map { "\(source), line \($0)" } ?? source }

  /// The file, or what the stories are called that are no file.
  package var source: String {
    switch self {
    case .noIdentifier(let file, _, _), .outOfOrder(let file, _, _, _), .noSentence(let file, _),
      .noAnswer(let file, _), .tooManyFields(let file, _, _), .brokenSupport(let file, _, _),
      .unknownSupport(let file, _, _), .noFacts(let file, _), .noQuestion(let file, _),
      .lineTooLong(let file, _, _), .narrativeTooLong(let file, _, _),
      .notRelations(let file, _, _), .unknownAnswers(_, let file, _, _), .noStories(let file),
      .tooFewStories(let file), .trainedFile(let file), .onlyTrainedStories(let file, _),
      .storiesTooLong(let file, _, _):
      file
    }
  }

  private var line: Int? {
    switch self {
    case .noIdentifier(_, let line, _), .outOfOrder(_, let line, _, _), .noSentence(_, let line),
      .noAnswer(_, let line), .tooManyFields(_, let line, _), .brokenSupport(_, let line, _),
      .unknownSupport(_, let line, _), .noFacts(_, let line), .noQuestion(_, let line),
      .lineTooLong(_, let line, _), .narrativeTooLong(_, let line, _),
      .notRelations(_, let line, _), .unknownAnswers(_, _, let line, _):
      line
    case .noStories, .tooFewStories, .trainedFile, .onlyTrainedStories, .storiesTooLong: nil
    }
  }

  /// What happened and what was expected.
  public var problem: String {
    switch self {
    case .noIdentifier(_, _, let text):
      "a line begins with its number in the story, not with \"\(Self.excerpt(text))\""
    case .outOfOrder(_, _, let identifier, let expected):
      expected == 1
        ? "the first line of a story has number 1, not \(identifier)"
        : "the line has number \(identifier), but \(expected), or 1 for a new story, comes next"
    case .noSentence: "the line has a number and no sentence"
    case .noAnswer: "the question has no answer"
    case .tooManyFields(_, _, let count):
      "the line has \(count) fields between tabs, but question, answer and supporting numbers are 3"
    case .brokenSupport(_, _, let text):
      "\"\(Self.excerpt(text))\" stands where the numbers of supporting lines are expected"
    case .unknownSupport(_, _, let identifier):
      "supporting line \(identifier) is not a sentence of this story before the question"
    case .noFacts: "the question has no sentence before it"
    case .noQuestion: "the story that begins here has no question"
    case .lineTooLong(_, _, let maximum): "the line is longer than \(maximum) bytes"
    case .narrativeTooLong(_, _, let maximum): "the story has more than \(maximum) lines"
    case .noStories: "the file has no stories"
    case .notRelations(_, _, let text):
      "this is not a file of two-argument relations: \"\(Self.excerpt(text))\""
    case .tooFewStories: "a single story leaves none to be measured on"
    case .trainedFile: "these are the stories that the model trains on"
    case .onlyTrainedStories(_, let count):
      "all \(count) stories are among those that the model trains on or is chosen by"
    case .unknownAnswers(let answers, _, _, let labels):
      (answers.count == 1 ? "the answer " : "the answers ")
        + answers.map { "\"\(Self.excerpt($0))\"" }.joined(separator: ", ")
        + (answers.count == 1 ? " is" : " are")
        + " not among the model's labels (\(labels.joined(separator: ", ")))"
    case .storiesTooLong(_, let size, let shortest):
      "no story fits into a segment of \(size) document tokens; "
        + "the shortest takes \(shortest) with its question"
    }
  }

  /// What to do.
  public var advice: String? {
    switch self {
    case .noIdentifier, .noSentence, .noAnswer, .tooManyFields, .brokenSupport:
      "A line is \"1 Mary went to the garden.\", or \"2 Where is Mary?\", a tab, the answer, a tab "
        + "and the numbers of the lines that it follows from."
    case .outOfOrder: "Number the lines of each story from 1 on; a line may be missing here."
    case .unknownSupport: "Correct the number, or leave the third field out."
    case .noFacts, .noQuestion: "Complete the story, or remove its lines; the file may be cut off."
    case .lineTooLong: "Put each sentence on a line of its own."
    case .narrativeTooLong: "Begin a new story with number 1."
    case .noStories: "Name a file in the form of the bAbI tasks."
    case .notRelations:
      "Such a story is \"The hallway is east of the garden.\", a second fact like it, and \"What is "
        + "east of the garden?\" or \"What is the hallway west of?\" (bAbI's task 4). "
        + "Stories of other kinds are for --task babi."
    case .tooFewStories: "Name other stories with --evaluation-stories."
    case .trainedFile, .onlyTrainedStories:
      "Name stories that it has not seen, or measure on these with --allow-training-stories."
    case .unknownAnswers(let answers, _, _, let labels):
      "Correct them, leave those stories out or, before training, attach a classifier that has them "
        + "beside the others: rmt attach --labels "
        + (labels + answers.map(Self.excerpt)).joined(separator: ",") + "."
    case .storiesTooLong: "Take more positions a segment, fewer memory tokens, or shorter stories."
    }
  }

  /// The beginning of a text from a file, without what would disturb a terminal.
  private static func excerpt(_ text: String) -> String {
    let shown = text.prefix(80).map { character in
      character.unicodeScalars.contains { $0.properties.generalCategory == .control }
        ? "\u{FFFD}" : character
    }
    return String(shown) + (shown.count < text.count ? "…" : "")
  }
}
