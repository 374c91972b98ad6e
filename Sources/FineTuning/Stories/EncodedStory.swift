import Tokenizers

/// A story as a model reads it.
struct EncodedStory: Sendable {
  /// Token ids of each fact; the questions of a narrative share theirs.
  let facts: ArraySlice<[Int32]>
  /// Token ids of the question.
  let question: [Int32]
  /// Row of the classifier that is the answer.
  let label: Int
  /// Whether the question is a plain one; see ``SpatialRelation/isPlain(question:)``.
  let isPlain: Bool
  /// Whether directions are needed for the answer; see ``SpatialRelation/isAmbiguous(_:)``.
  let isAmbiguous: Bool

  /// Document tokens of facts and question together.
  var tokenCount: Int { facts.reduce(question.count) { $0 + $1.count } }
}

/// Tokenises stories, each distinct sentence once: stories are many, their sentences few.
struct StoryEncoder {
  private let sentences: TaskSentences
  private let labels: [String: Int]
  private var encoded: [String: [Int32]] = [:]
  /// The facts that were encoded last.
  private var narrative: (facts: ArraySlice<String>, ids: ArraySlice<[Int32]>) = ([], [])

  /// An encoder for a model.
  ///
  /// - Parameter labels: the classifier's row of each answer.
  init(_ tokenizer: Tokenizer, labels: [String: Int]) {
    sentences = TaskSentences(tokenizer)
    self.labels = labels
  }

  /// The ids of stories, in their order; an answer without a row traps.
  ///
  /// - Throws: ``TaskError/unknownWord(sentence:)``.
  mutating func encode(_ stories: [Story]) throws(TaskError) -> [EncodedStory] {
    var encoded: [EncodedStory] = []
    encoded.reserveCapacity(stories.count)
    // A narrative's last question has all of its facts, of which the others take the first ones.
    for story in stories.reversed() { encoded.append(try encode(story)) }
    return encoded.reversed()
  }

  /// The story's ids; an answer without a row traps.
  ///
  /// - Throws: ``TaskError/unknownWord(sentence:)``.
  mutating func encode(_ story: Story) throws(TaskError) -> EncodedStory {
    guard let label = labels[story.answer] else {
      preconditionFailure("no label for \(story.answer)")
    }
    if !narrative.facts.starts(with: story.facts) {
      var ids: [[Int32]] = []
      for fact in story.facts { ids.append(try self.ids(of: fact)) }
      narrative = (story.facts, ids[...])
    }
    return EncodedStory(
      facts: narrative.ids.prefix(story.facts.count), question: try ids(of: story.question),
      label: label,
      isPlain: SpatialRelation.isPlain(question: story.question),
      isAmbiguous: SpatialRelation.isAmbiguous(story))
  }

  private mutating func ids(of sentence: String) throws(TaskError) -> [Int32] {
    if let ids = encoded[sentence] { return ids }
    let ids = try sentences.encode(sentence)
    encoded[sentence] = ids
    return ids
  }
}
