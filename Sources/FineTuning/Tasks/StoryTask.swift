import JSON
import Randomness
import Tokenizers

/// Tasks on stories whose facts are hidden in a long document: Reasoning and any bAbI question.
///
/// A sample is N segments of S tokens of background; facts take the place of tokens of their segments,
/// as ``FactPositions`` says, the question that of the last ones. The story is drawn uniformly from those of
/// its part, or where a stage says so from the ambiguous ones or from ``CornerStories``.
/// - **Reasoning**: two relations of places and a question about one. Each fact's segment is drawn on
///   its own, so the second may come first; in the same segment they follow each other in the story's
///   order.
/// - **bAbI**: all sentences of the story before the question, in order whatever their positions,
///   for the last one counts: the sorted draws are their segments. A story
///   must fit into one segment with its question, so that documents of one segment, and with facts
///   in segment 0 those of every length, have the same stories; longer ones are left out with a
///   note.
///
/// Source: "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062, §4.3.
public struct StoryTask: LongDocumentTask {
  /// What `--task` calls it.
  public let name: String
  /// What fills the documents.
  public let background: BackgroundText
  /// Document tokens that the longest story takes with its question.
  public let leastSegmentSize: Int
  /// What a person should know of background and stories.
  public let notes: [DataNote]
  private let purpose: SamplePurpose
  private let keepsOrder: Bool
  private let factPositions: FactPositions
  private let collection: StoryCollection
  private let stories: [DataSplit: StoriesByFacts]
  private let cornerStories: CornerStories?

  /// Reasoning over two-argument relations.
  ///
  /// - Throws: ``StoryError/unknownAnswers(_:file:line:labels:)``; ``TaskError`` when the model
  ///   lacks a word.
  public static func reason(
    modelLabels: [String], tokenizer: Tokenizer, background: BackgroundText,
    stories: StoryCollection, factPositions: FactPositions
  ) throws -> StoryTask {
    try StoryTask(
      name: "reason", purpose: .reason, keepsOrder: false, longestTokenCount: nil,
      modelLabels: modelLabels, tokenizer: tokenizer, background: background, stories: stories,
      factPositions: factPositions)
  }

  /// Questions on any stories.
  ///
  /// - Parameter segmentSize: document tokens S of a segment, into which a story must fit.
  /// - Throws: ``TaskError`` when the model lacks a word;
  ///   ``StoryError/unknownAnswers(_:file:line:labels:)``;
  ///   ``StoryError/storiesTooLong(source:segmentSize:shortestTokenCount:)``.
  public static func babi(
    modelLabels: [String], tokenizer: Tokenizer, background: BackgroundText,
    stories: StoryCollection, factPositions: FactPositions, segmentSize: Int
  ) throws -> StoryTask {
    try StoryTask(
      name: "babi", purpose: .babi, keepsOrder: true, longestTokenCount: segmentSize,
      modelLabels: modelLabels, tokenizer: tokenizer, background: background, stories: stories,
      factPositions: factPositions)
  }

  private init(
    name: String, purpose: SamplePurpose, keepsOrder: Bool, longestTokenCount: Int?,
    modelLabels: [String], tokenizer: Tokenizer, background: BackgroundText,
    stories collection: StoryCollection, factPositions: FactPositions
  ) throws {
    try collection.checkAnswers(among: modelLabels)
    let answers = collection.answers
    let rows = try TaskLabels(of: answers, in: modelLabels).rows
    var encoder = StoryEncoder(
      tokenizer, labels: Dictionary(zip(answers, rows)) { first, _ in first })
    var stories: [DataSplit: StoriesByFacts] = [:]
    var notes: [DataNote] = []
    for split in [DataSplit.training, .validation, .test] {
      let all = try encoder.encode(collection.stories(of: split))
      let fitting = all.filter { $0.tokenCount <= longestTokenCount ?? .max }
      guard !fitting.isEmpty || all.isEmpty else {
        throw StoryError.storiesTooLong(
          source: collection.source, segmentSize: longestTokenCount ?? 0,
          shortestTokenCount: all.map(\.tokenCount).min() ?? 0)
      }
      if fitting.count < all.count, let longestTokenCount {
        notes.append(
          DataNote(
            "\(collection.source): \(all.count - fitting.count) of \(all.count) \(split.adjective) "
              + "stories take more than a segment's \(longestTokenCount) tokens with their "
              + "question and are left out.",
            isWarning: true))
      }
      stories[split] = StoriesByFacts(fitting)
    }
    self.name = name
    self.purpose = purpose
    self.keepsOrder = keepsOrder
    self.background = background
    self.factPositions = factPositions
    self.collection = collection
    self.stories = stories
    cornerStories = collection.isGenerated ? try CornerStories(&encoder) : nil
    self.notes = background.notes + collection.notes + notes
    leastSegmentSize = stories.values.flatMap(\.stories).map(\.tokenCount).max() ?? 0
  }

  /// The share of the most frequent answer among the stories to be measured on.
  public var chanceAccuracy: Double {
    let labels =
      [DataSplit.validation, .test].lazy.compactMap { stories[$0]?.stories }
      .first { !$0.isEmpty }?.map(\.label) ?? []
    let counts = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
    return Double(counts.values.max() ?? 0) / Double(max(1, labels.count))
  }

  /// What may be chosen of the stories that it trains on.
  public var storyKinds: StoryKinds {
    var kinds: StoryKinds = cornerStories == nil ? [] : [.corners]
    guard let stories = stories[.training] else { return kinds }
    if stories.asksSeveralQuestions { kinds.insert(.severalQuestions) }
    if stories.asksPlainQuestions { kinds.insert(.plainQuestions) }
    if !stories.ambiguous.isEmpty { kinds.insert(.ambiguous) }
    return kinds
  }

  /// What the documents depend on.
  public var settings: [(name: String, value: String)] {
    [
      ("background", "checksum \(background.fingerprint)"),
      ("fact positions", factPositions.rawValue),
    ] + collection.settings
  }

  /// The files of stories.
  public var sourcePaths: [String] { collection.sourcePaths }

  /// The stories that train, for later measurements.
  public var record: JSONObject { collection.record }

  /// The different questions that the facts of the document at a place are asked.
  public func questionCount(at place: DocumentPlace) -> Int {
    let (stories, drawn, _) = draw(place)
    return stories.questionCount(at: drawn)
  }

  /// The story at a place, and the stream that goes on behind its draw.
  private func draw(_ place: DocumentPlace) -> (StoriesByFacts, drawn: Int, RandomStream) {
    var stream = purpose.stream(
      seed: place.seed, split: place.split, step: place.step, index: place.index)
    if place.isCorner {
      guard place.split == .training, let cornerStories else {
        preconditionFailure("no stories around a corner for the \(place.split) split")
      }
      let (stories, drawn) = cornerStories.draw(isAmbiguous: place.isAmbiguous, &stream)
      return (stories, drawn, stream)
    }
    guard let stories = stories[place.split], !stories.stories.isEmpty else {
      preconditionFailure("no stories for the \(place.split) split")
    }
    let drawn =
      place.isAmbiguous
      ? stories.ambiguous[stream.index(below: stories.ambiguous.count)]
      : stream.index(below: stories.stories.count)
    return (stories, drawn, stream)
  }

  /// The document at a place, of exactly S·N tokens.
  ///
  /// Segments below ``leastSegmentSize``, splits for which the stories were not read, and ambiguous
  /// stories or stories around a corner where there are none, trap.
  public func document(at place: DocumentPlace, length: DocumentLength) -> TaskDocument {
    var (stories, drawn, stream) = draw(place)
    let story = stories.story(at: drawn, question: place.question)
    let noise = place.split == .training ? background.training : background.evaluation
    let start = stream.index(below: noise.count)
    // Drawn last: everything else is the same at every length.
    let facts = factPositions.place(
      Array(story.facts), keepsOrder: keepsOrder, length: length,
      questionTokenCount: story.question.count, stream: &stream)
    return TaskDocument(
      tokenCount: length.tokenCount, segmentSize: length.segmentSize, background: noise,
      backgroundStart: start, facts: facts, question: story.question, label: story.label)
  }
}

extension DataSplit {
  /// What the split's stories are called in a sentence.
  fileprivate var adjective: String {
    switch self {
    case .training: "training"
    case .validation: "evaluation"
    case .test: "test"
    }
  }
}
