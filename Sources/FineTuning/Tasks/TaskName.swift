/// A task whose samples the program makes.
public enum TaskName: String, Sendable, CaseIterable {
  /// A fact opens the document, a question about it ends it.
  case memorize
  /// A fact is somewhere in the document.
  case detect
  /// Two facts about places, one of which the question is about.
  case reason
  /// The facts and questions of a file.
  case babi

  /// Whether facts and questions are read from a file.
  public var takesStories: Bool { self == .reason || self == .babi }

  /// Where a model learns to find the facts, unless told: as the paper trained it.
  public var trainingFactPositions: FactPositions { self == .memorize ? .first : .random }
}
