/// Stories, and for each of them the other questions about its facts.
struct StoriesByFacts: Sendable {
  /// The stories, those that occur more often as often as that.
  let stories: [EncodedStory]
  /// The places of the ambiguous ones in ``stories``.
  let ambiguous: [Int]
  /// Stories of the same facts whose questions differ, by their places in ``stories``.
  private let groups: [[Int]]
  /// The group of each story, and the rank that its question has there.
  private let ranks: [(group: Int, rank: Int)]

  /// Puts the stories of the same facts side by side.
  init(_ stories: [EncodedStory]) {
    self.stories = stories
    ambiguous = stories.indices.filter { stories[$0].isAmbiguous }
    var groups: [[Int]] = []
    var groupOfFacts: [ArraySlice<[Int32]>: Int] = [:]
    ranks = stories.indices.map { index in
      let story = stories[index]
      let group = groupOfFacts[story.facts] ?? groups.count
      if group == groups.count {
        groupOfFacts[story.facts] = group
        groups.append([])
      }
      let same = groups[group].firstIndex { stories[$0].question == story.question }
      if same == nil { groups[group].append(index) }
      return (group, same ?? groups[group].count - 1)
    }
    self.groups = groups
  }

  /// Whether any facts are asked different questions.
  var asksSeveralQuestions: Bool { groups.contains { $0.count > 1 } }

  /// Whether any question is plain.
  var asksPlainQuestions: Bool { stories.contains(where: \.isPlain) }

  /// The different questions about the facts of a story.
  func questionCount(at index: Int) -> Int { groups[ranks[index].group].count }

  /// A story, or one of the same facts that asks something else.
  func story(at index: Int, question: QuestionChoice) -> EncodedStory {
    let (group, rank) = ranks[index]
    var order = groups[group][rank...] + groups[group][..<rank]
    if question.prefersPlain {
      order = order.filter { stories[$0].isPlain } + order.filter { !stories[$0].isPlain }
    }
    return stories[order[order.startIndex + question.number % order.count]]
  }
}
