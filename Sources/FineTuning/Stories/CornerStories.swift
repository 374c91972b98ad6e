import Randomness

/// Stories around a corner: two facts tie two places to a third, one on either line.
///
/// "The office is east of the garden. The kitchen is north of the garden." is asked as three places in a
/// row are, and is no ``RelationPlacement``, so that it tells nothing of those that are held out. But
/// every two places occur beside every third one. A model that has to remember 192 placements alone may
/// learn each by itself, and what it is told of another one then turns into one of the 192, segment by
/// segment. Where both facts tell from the corner, the line that a question speaks of tells one from the
/// other, and nothing is learned of directions: stages of ambiguous stories do better without.
///
/// There are 6·5·4 ways to choose a corner, a place west or east of it and one north or south of it, in
/// 2·2 directions: 480 corners, with both orders and four wordings 3,840 pairs of facts, with four
/// questions 15,360 stories, made as they are drawn, all equally often.
struct CornerStories: Sendable {
  /// A relation as a story's only fact, once with each question about it.
  private let asked: [[EncodedStory]]
  /// Two indices into ``asked`` each, and whether both facts tell from the same place.
  private let pairs: [(first: Int, second: Int, isAmbiguous: Bool)]
  /// Indices of the ambiguous ones in ``pairs``.
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
    let pairs: [(first: Int, second: Int, isAmbiguous: Bool)] = relations.indices.flatMap { first in
      relations.indices.filter { relations[first].isCorner(beside: relations[$0]) }.map {
        (first, $0, relations[first].isAmbiguous(beside: relations[$0]))
      }
    }
    self.pairs = pairs
    ambiguousPairs = pairs.indices.filter { pairs[$0].isAmbiguous }
  }

  /// Two facts that are drawn uniformly, and the index of the story that is drawn among theirs.
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
        isAmbiguous: pair.isAmbiguous)
    }
    return (StoriesByFacts(stories), stream.index(below: stories.count))
  }
}

extension SpatialRelation {
  /// Every relation of two of the task's places.
  fileprivate static let all: [SpatialRelation] = MovementTask.places.flatMap { subject in
    MovementTask.places.filter { $0 != subject }.flatMap { object in
      CompassDirection.allCases.map { SpatialRelation(subject, $0, of: object) }
    }
  }

  /// Whether the two are about different lines and share one place of the task's.
  func isCorner(beside other: SpatialRelation) -> Bool {
    let (own, others) = (Set([subject, object]), Set([other.subject, other.object]))
    let isOnSameLine = [direction, direction.opposite].contains(other.direction)
    return !isOnSameLine && own.count == 2 && others.count == 2 && own.union(others).count == 3
      && own.union(others).isSubset(of: MovementTask.places)
  }
}
