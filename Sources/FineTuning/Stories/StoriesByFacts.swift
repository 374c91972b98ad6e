/// Stories, and for each of them the other questions about its facts.
struct StoriesByFacts: Sendable {
  /// The stories, those that occur more often as often as that.
  let stories: [EncodedStory]
  /// The places of the ambiguous ones in ``stories``.
  let ambiguous: [Int]
  /// Stories of the same facts whose questions differ, by their places in ``stories``.
  private let circles: [[Int]]
  /// Circle and place in it, for each story.
  private let seats: [(circle: Int, place: Int)]

  /// Puts the stories of the same facts side by side.
  init(_ stories: [EncodedStory]) {
    self.stories = stories
    ambiguous = stories.indices.filter { stories[$0].isAmbiguous }
    var circles: [[Int]] = []
    var circleOfFacts: [[[Int32]]: Int] = [:]
    seats = stories.indices.map { index in
      let story = stories[index]
      let circle = circleOfFacts[story.facts] ?? circles.count
      if circle == circles.count {
        circleOfFacts[story.facts] = circle
        circles.append([])
      }
      let same = circles[circle].firstIndex { stories[$0].question == story.question }
      if same == nil { circles[circle].append(index) }
      return (circle, same ?? circles[circle].count - 1)
    }
    self.circles = circles
  }

  /// Whether any facts are asked different questions.
  var asksSeveralQuestions: Bool { circles.contains { $0.count > 1 } }

  /// Whether any question is plain.
  var asksPlainQuestions: Bool { stories.contains(where: \.isPlain) }

  /// A story, or one of the same facts that asks something else.
  func story(at index: Int, question: QuestionChoice) -> EncodedStory {
    let seat = seats[index]
    let circle = circles[seat.circle]
    switch question {
    case .afterDrawn(let count):
      return stories[circle[(seat.place + count) % circle.count]]
    case .plain:
      let plain = circle.filter { stories[$0].isPlain }
      return stories[plain.isEmpty ? index : plain[seat.place % plain.count]]
    }
  }
}
