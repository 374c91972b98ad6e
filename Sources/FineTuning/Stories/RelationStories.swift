/// Stories of two-argument relations that the program makes in the manner of bAbI's task 4.
///
/// Two facts tie two places to the one between them; the question is about one of them. The forms,
/// and how often each occurs, are those found by counting in the 11,000 stories of bAbI 1.2's qa4:
/// - either end's fact comes first, and either fact is asked about, equally often;
/// - a fact has the middle place as its object twice as often as its subject;
/// - the question names the object of its fact, in one of two forms, equally often, and its answer
///   is the subject: `"What is east of the garden?"`, `"What is the garden west of?"`.
///
/// 240 placements in 32 wordings are 7,680 distinct stories; see ``RelationPlacement`` for how they
/// are divided.
package enum RelationStories {
  /// The stories of a part, those that occur more often as often as that.
  package static func stories(of split: DataSplit) -> [Story] {
    RelationPlacement.all.filter { $0.split == split }.flatMap(stories(of:))
  }

  /// The 72 stories of a placement, of which 32 are distinct.
  static func stories(of placement: RelationPlacement) -> [Story] {
    let (middle, direction) = (placement.middle, placement.axis.direction)
    // As seen from the middle place.
    let ends = [
      SpatialRelation(placement.near, direction.opposite, of: middle),
      SpatialRelation(placement.far, direction, of: middle),
    ]
    return [ends, ends.reversed()].flatMap { ends in
      wordings(of: ends[0]).flatMap { first in
        wordings(of: ends[1]).flatMap { second in
          [first, second].flatMap { asked in
            asked.questions.map { question in
              Story(facts: [first.fact, second.fact], question: question, answer: asked.subject)
            }
          }
        }
      }
    }
  }

  /// A relation twice as it is and once from the other end.
  private static func wordings(of relation: SpatialRelation) -> [SpatialRelation] {
    let reversed = SpatialRelation(
      relation.object, relation.direction.opposite, of: relation.subject)
    return [relation, relation, reversed]
  }
}
