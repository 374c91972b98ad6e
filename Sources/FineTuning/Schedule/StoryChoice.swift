/// Which stories a stage trains on, and what it asks about them.
///
/// Stages are measured on all stories and all questions, whatever they train on.
public struct StoryChoice: Sendable, Hashable {
  /// How many documents of a batch differ in their question alone, if the story has so many.
  public var questionCount = 1
  /// Whether the stories are those alone whose answers depend on directions.
  public var areAmbiguous = false
  /// The share of stories around a corner; all others are of three places in a row.
  public var cornerShare = 0.0
  /// The share of stories whose plain questions come before the others.
  public var plainShare = 0.0

  /// All stories, one question each.
  public init() {}

  /// Makes sure that a task can do all of it.
  ///
  /// - Throws: ``CurriculumError``.
  func check(allowing kinds: StoryKinds, stage: Int) throws(CurriculumError) {
    guard questionCount == 1 || kinds.contains(.severalQuestions) else {
      throw .oneQuestionPerStory(stage: stage)
    }
    guard !areAmbiguous || kinds.contains(.ambiguous) else {
      throw .noAmbiguousStories(stage: stage)
    }
    guard cornerShare == 0 || kinds.contains(.corners) else {
      throw .noCornerStories(stage: stage)
    }
    guard plainShare == 0 || kinds.contains(.plainQuestions) else {
      throw .noPlainQuestions(stage: stage)
    }
  }
}

/// What of a ``StoryChoice`` the training stories of a task allow.
public struct StoryKinds: OptionSet, Sendable {
  /// The kinds as bits.
  public let rawValue: Int

  /// The kinds of some bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Some facts are asked different questions.
  public static let severalQuestions = StoryKinds(rawValue: 1)
  /// Some facts are asked a plain question.
  public static let plainQuestions = StoryKinds(rawValue: 2)
  /// Some stories are ambiguous.
  public static let ambiguous = StoryKinds(rawValue: 4)
  /// There are stories around a corner.
  public static let corners = StoryKinds(rawValue: 8)
}
