/// A direction on the map.
package enum CompassDirection: String, CaseIterable, Sendable {
  case north, south, east, west

  /// The way back.
  package var opposite: CompassDirection {
    switch self {
    case .north: .south
    case .south: .north
    case .east: .west
    case .west: .east
    }
  }
}

/// A relation of two places, as the two-argument relations of the bAbI tasks tell it.
package struct SpatialRelation: Sendable, Hashable {
  /// What lies there.
  package let subject: String
  /// Where it lies, seen from ``object``.
  package let direction: CompassDirection
  /// From where it is seen.
  package let object: String

  /// A relation with every part given.
  package init(_ subject: String, _ direction: CompassDirection, of object: String) {
    self.subject = subject
    self.direction = direction
    self.object = object
  }

  /// The relation that a sentence tells; `nil` for sentences of another form.
  package init?(fact: String) {
    let words = fact.split(separator: " ").map(String.init)
    guard words.count == 7, words[0] == "The", words[2] == "is", words[4] == "of",
      words[5] == "the", words[6].last == ".", words[6] != ".",
      let direction = CompassDirection(rawValue: words[3])
    else { return nil }
    self.init(words[1], direction, of: String(words[6].dropLast()))
  }

  /// The sentence `"The {subject} is {direction} of the {object}."`.
  package var fact: String { "The \(subject) is \(direction.rawValue) of the \(object)." }

  /// The question `"What is {direction} of the {object}?"`, whose answer is ``subject``.
  package var questionFromObject: String { "What is \(direction.rawValue) of the \(object)?" }

  /// The question `"What is the {object} {opposite direction} of?"`, whose answer is ``subject`` too.
  package var questionOfObject: String {
    "What is the \(object) \(direction.opposite.rawValue) of?"
  }

  /// Both questions about it.
  var questions: [String] { [questionFromObject, questionOfObject] }

  /// Whether a question has the first form and asks what is east or north of a place: whoever takes
  /// every question for such a one need not compare directions.
  package static func isPlain(question: String) -> Bool {
    [CompassDirection.east, .north].contains { question.hasPrefix("What is \($0.rawValue) of ") }
  }

  /// Whether both tell where something lies from the same place, which a question's place then fits.
  ///
  /// Of places in a row it takes the order of the question's words and the facts' directions to tell one
  /// from the other, around a corner the question's line alone.
  func isAmbiguous(beside other: SpatialRelation) -> Bool { object == other.object }

  /// Whether the facts of a story are two relations, one ambiguous beside the other.
  static func isAmbiguous(_ story: Story) -> Bool {
    // A story of a file may have thousands of facts.
    guard story.facts.count == 2 else { return false }
    let relations = story.facts.compactMap(SpatialRelation.init(fact:))
    return relations.count == 2 && relations[0].isAmbiguous(beside: relations[1])
  }

  /// Whether a question has one of the two forms.
  package static func isQuestion(_ question: String) -> Bool {
    let words = question.split(separator: " ").map(String.init)
    guard words.count == 6, words[0] == "What", words[1] == "is", words[5].last == "?" else {
      return false
    }
    if words[2] == "the" {
      return CompassDirection(rawValue: words[4]) != nil && words[5] == "of?"
    }
    return CompassDirection(rawValue: words[2]) != nil && words[3] == "of" && words[4] == "the"
      && words[5] != "?"
  }
}

extension StoryFile {
  /// Checks that every story is two relations and a question about one.
  ///
  /// - Throws: ``StoryError/notRelations(file:line:text:)`` with the first line that is not.
  func checkRelations() throws(StoryError) {
    for (narrative, lines) in zip(narratives, sentenceLines) {
      let story = stories[narrative.lowerBound]
      for (line, fact) in zip(lines, story.facts) where SpatialRelation(fact: fact) == nil {
        throw .notRelations(file: path, line: line, text: fact)
      }
      guard story.facts.count == 2, lines.count == 2, narrative.count == 1,
        SpatialRelation.isQuestion(story.question)
      else {
        throw .notRelations(
          file: path, line: questionLines[narrative.lowerBound], text: story.question)
      }
    }
  }
}
