import Randomness

/// Stories around a corner: two facts tie two places to a third, one on either line.
///
/// "The office is east of the garden. The kitchen is north of the garden." has the question and the
/// answers of three places in a row, and is none: no ``RelationPlacement`` is among these, so that they
/// tell nothing of those that are held out. But of all pairs of places that may lie beside a third one
/// every one occurs. A model that has to remember 192 placements alone may learn each by itself, and
/// what it is told of another one then turns into one of these, segment by segment.
///
/// There are 6·5·4 ways to choose a corner, a place west or east of it and one north or south of it, in
/// 2·2 directions: 480 pairs of facts, with both orders, four wordings and four questions 15,360
/// stories, made as they are drawn.
struct CornerStories: Sendable {
  /// A relation as a story's only fact, once with each question about it.
  private let asked: [[EncodedStory]]
  /// Places in ``asked``.
  private let pairs: [(first: Int, second: Int)]
  /// The places of ambiguous ones in ``pairs``.
  private let ambiguousPairs: [Int]

  /// Encodes the relations that stories are made of.
  ///
  /// - Throws: ``TaskError/unknownWord(sentence:)``.
  init(_ encoder: inout StoryEncoder) throws(TaskError) {
    let relations = SpatialRelation.all
    var asked: [[EncodedStory]] = []
    for relation in relations {
      var stories: [EncodedStory] = []
      for question in relation.questions {
        stories.append(
          try encoder.encode(
            Story(facts: [relation.fact], question: question, answer: relation.subject)))
      }
      asked.append(stories)
    }
    self.asked = asked
    let pairs = relations.indices.flatMap { first in
      relations.indices.filter { relations[first].isCorner(beside: relations[$0]) }.map {
        (first: first, second: $0)
      }
    }
    self.pairs = pairs
    ambiguousPairs = pairs.indices.filter {
      relations[pairs[$0].first].object == relations[pairs[$0].second].object
    }
  }

  /// Two facts that are drawn uniformly, and the place of the story that is drawn among theirs.
  func draw(isAmbiguous: Bool, _ stream: inout RandomStream) -> (StoriesByFacts, drawn: Int) {
    let pair =
      isAmbiguous
      ? pairs[ambiguousPairs[stream.index(below: ambiguousPairs.count)]]
      : pairs[stream.index(below: pairs.count)]
    let (first, second) = (asked[pair.first], asked[pair.second])
    let facts = first[0].facts + second[0].facts
    let stories = (first + second).map {
      EncodedStory(
        facts: facts, question: $0.question, label: $0.label, isPlain: $0.isPlain,
        isAmbiguous: isAmbiguous)
    }
    return (StoriesByFacts(stories), stream.index(below: stories.count))
  }
}

extension SpatialRelation {
  /// Every relation of two of the task's places.
  fileprivate static let all: [SpatialRelation] = MemorizeTask.places.flatMap { subject in
    MemorizeTask.places.filter { $0 != subject }.flatMap { object in
      CompassDirection.allCases.map { SpatialRelation(subject, $0, of: object) }
    }
  }

  /// Whether the two are about different lines and share one place of the task's.
  func isCorner(beside other: SpatialRelation) -> Bool {
    let (own, others) = (Set([subject, object]), Set([other.subject, other.object]))
    let isOnSameLine = [direction, direction.opposite].contains(other.direction)
    return !isOnSameLine && own.count == 2 && others.count == 2 && own.union(others).count == 3
      && own.union(others).isSubset(of: MemorizeTask.places)
  }
}
