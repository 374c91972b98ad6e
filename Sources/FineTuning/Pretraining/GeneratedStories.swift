import Randomness
import Tokenizers

/// Little stories in the words of the tasks: people move, places lie beside each other, and questions
/// are answered, all scattered through other text.
///
///     Mary went to the garden. … Where is Mary? The garden. …
///     The hallway is east of the bathroom. The office is west of the bathroom. …
///     What is the bathroom west of? The hallway. …
///
/// Whoever moves again is at the new place from then on, and two new relations take the place of the
/// two before, so every question has one answer. The relations are those of ``RelationStories``, of
/// the same part: a model that is pretrained on them has met no story that it will be tested on.
struct GeneratedStories: Sendable {
  /// Two relations, and a question about one with its answer, as ids.
  private struct Relations: Sendable {
    let facts: [Int32]
    let question: [Int32]
  }

  /// Tokens of other text between two sentences.
  private static let fillerLengths = 8..<65

  /// By name, action and place.
  private let facts: [[Int32]]
  /// By name.
  private let questions: [[Int32]]
  /// By place.
  private let answers: [[Int32]]
  private let relations: [DataSplit: [Relations]]

  /// The stories in a tokenizer's pieces.
  ///
  /// - Throws: ``TaskError/unknownWord(sentence:)``.
  init(tokenizer: Tokenizer) throws(TaskError) {
    let sentences = TaskSentences(tokenizer)
    func encode(_ texts: [String]) throws(TaskError) -> [[Int32]] {
      var ids: [[Int32]] = []
      for text in texts { ids.append(try sentences.encode(text)) }
      return ids
    }
    facts = try encode(Self.factSentences)
    questions = try encode(Self.questionSentences)
    answers = try encode(MovementTask.places.map(Self.answer))
    // Thousands of stories are made of some two hundred sentences.
    var known: [String: [Int32]] = [:]
    func ids(_ sentence: String) throws(TaskError) -> [Int32] {
      if let ids = known[sentence] { return ids }
      let ids = try sentences.encode(sentence)
      known[sentence] = ids
      return ids
    }
    var relations: [DataSplit: [Relations]] = [:]
    for split in [DataSplit.training, .validation] {
      for story in RelationStories.stories(of: split) {
        var facts: [Int32] = []
        for fact in story.facts { facts += try ids(fact) }
        relations[split, default: []].append(
          Relations(
            facts: facts, question: try ids(story.question) + ids(Self.answer(story.answer))))
      }
    }
    self.relations = relations
  }

  private static var factSentences: [String] {
    MovementTask.names.flatMap { name in
      MovementTask.actions.flatMap { action in
        MovementTask.places.map { place in "\(name) \(action) to the \(place)." }
      }
    }
  }

  private static var questionSentences: [String] {
    MovementTask.names.map { name in "Where is \(name)?" }
  }

  private static func answer(_ place: String) -> String { "The \(place)." }

  /// Every sentence once, for whoever counts words.
  static var sentences: [String] {
    let relations = RelationStories.stories(of: .training).flatMap { $0.facts + [$0.question] }
    return factSentences + questionSentences + MovementTask.places.map(answer)
      + Set(relations).sorted()
  }

  /// A story of exactly `tokenCount` tokens.
  ///
  /// - Parameters:
  ///   - split: the part whose relations are told.
  ///   - filler: what stands between its sentences.
  func story(
    tokenCount: Int, split: DataSplit, filler: DocumentSequences, stream: inout RandomStream
  ) -> [Int32] {
    let relations = relations[split] ?? []
    var ids: [Int32] = []
    ids.reserveCapacity(tokenCount + 64)
    /// Where everybody is, by name; the relations that nobody has asked for.
    var places: [Int: Int] = [:]
    var told: Relations?
    while ids.count < tokenCount {
      // In sixteenths: other text, someone moves, where someone is, two relations, one of them asked.
      switch stream.index(below: 16) {
      case 6..<10: ids += move(&places, &stream)
      case 10..<13: ids += whereIs(places, &stream) ?? move(&places, &stream)
      case 13...:
        if let asked = told {
          ids += asked.question
          told = nil
        } else {
          let new = relations[stream.index(below: relations.count)]
          ids += new.facts
          told = new
        }
      default: ids += Self.passage(of: filler, &stream)
      }
    }
    return Array(ids.prefix(tokenCount))
  }

  private func move(_ places: inout [Int: Int], _ stream: inout RandomStream) -> [Int32] {
    let name = stream.index(below: MovementTask.names.count)
    let action = stream.index(below: MovementTask.actions.count)
    let place = stream.index(below: MovementTask.places.count)
    places[name] = place
    return facts[(name * MovementTask.actions.count + action) * MovementTask.places.count + place]
  }

  /// A question about someone who has moved, and its answer; `nil` when nobody has.
  private func whereIs(_ places: [Int: Int], _ stream: inout RandomStream) -> [Int32]? {
    let known = places.keys.sorted()
    guard !known.isEmpty else { return nil }
    let name = known[stream.index(below: known.count)]
    return places[name].map { questions[name] + answers[$0] }
  }

  private static func passage(
    of filler: DocumentSequences, _ stream: inout RandomStream
  ) -> ArraySlice<Int32> {
    let text = filler[stream.index(below: filler.count)]
    let start = text.startIndex + stream.index(below: text.count)
    let length = fillerLengths.lowerBound + stream.index(below: fillerLengths.count)
    return text[start..<min(start + length, text.endIndex)]
  }
}
