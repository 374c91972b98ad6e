import Randomness
import Tokenizers

/// Tasks on one fact, that somebody goes to a place, and where is asked at the end: Memorize and Detect.
///
/// `"{name} {action} to the {place}."`, `"Where is {name}?"`; name, action and place are drawn
/// uniformly, the place is the answer, so chance is one in six. A document is N segments of S tokens of
/// background; the fact takes the place of tokens as ``FactPositions`` says, the question that of the
/// last ones. It is a pure function of seed, split, step and number.
/// - **Memorize**: the fact opens segment 0. A model may learn that the document's first tokens are what
///   matters.
/// - **Detect & Memorize**: the fact is in any segment, so that a model must see in every one whether it
///   holds a fact.
///
/// With the same fact positions both tasks' documents are alike but for the streams that they are drawn
/// from, and only a model's training tells them apart.
/// Source: "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062, §4.1 and 4.2.
public struct MovementTask: LongDocumentTask {
  /// Who moves.
  public static let names = ["Mary", "John", "Daniel", "Sandra"]
  /// How.
  public static let actions = ["moved", "went", "went back", "journeyed", "travelled"]
  /// Where to: the answers, in the order of the paper's labels.
  public static let places = ["bathroom", "hallway", "garden", "office", "bedroom", "kitchen"]

  /// What `--task` calls it.
  public let name: String
  /// What fills the documents.
  public let background: BackgroundText
  /// Document tokens that the longest fact and the longest question take.
  public let leastSegmentSize: Int
  private let factPositions: FactPositions
  private let purpose: SamplePurpose
  /// By name, action and place, the last one varying first.
  private let facts: [[Int32]]
  /// By name.
  private let questions: [[Int32]]
  /// By place.
  private let labels: [Int]

  /// The Memorize task: remember a fact from the first tokens to the end of a long document.
  ///
  /// - Parameters:
  ///   - modelLabels: names of the model's classes; the six places are found by name.
  ///   - factPositions: where the fact is; in the paper it is the document's first tokens.
  /// - Throws: ``TaskError``.
  public static func memorize(
    modelLabels: [String], tokenizer: Tokenizer, background: BackgroundText,
    factPositions: FactPositions = .first
  ) throws(TaskError) -> MovementTask {
    try MovementTask(
      name: "memorize", purpose: .memorize, modelLabels: modelLabels, tokenizer: tokenizer,
      background: background, factPositions: factPositions)
  }

  /// The Detect & Memorize task: find a fact in a long document and remember it to the end.
  ///
  /// - Parameters:
  ///   - modelLabels: names of the model's classes; the six places are found by name.
  ///   - factPositions: where the fact is; in the paper it opens any segment in training and segment 0
  ///     when measured.
  /// - Throws: ``TaskError``.
  public static func detect(
    modelLabels: [String], tokenizer: Tokenizer, background: BackgroundText,
    factPositions: FactPositions
  ) throws(TaskError) -> MovementTask {
    try MovementTask(
      name: "detect", purpose: .detect, modelLabels: modelLabels, tokenizer: tokenizer,
      background: background, factPositions: factPositions)
  }

  private init(
    name: String, purpose: SamplePurpose, modelLabels: [String], tokenizer: Tokenizer,
    background: BackgroundText, factPositions: FactPositions
  ) throws(TaskError) {
    labels = try TaskLabels(of: Self.places, in: modelLabels).rows
    let sentences = TaskSentences(tokenizer)
    var facts: [[Int32]] = []
    var questions: [[Int32]] = []
    for name in Self.names {
      for action in Self.actions {
        for place in Self.places {
          facts.append(try sentences.encode("\(name) \(action) to the \(place)."))
        }
      }
      questions.append(try sentences.encode("Where is \(name)?"))
    }
    leastSegmentSize = (facts.map(\.count).max() ?? 0) + (questions.map(\.count).max() ?? 0)
    self.name = name
    self.purpose = purpose
    self.background = background
    self.factPositions = factPositions
    self.facts = facts
    self.questions = questions
  }

  /// One in as many as there are places.
  public var chanceAccuracy: Double { 1 / Double(Self.places.count) }

  /// What the documents depend on: the background, and where the fact is.
  public var settings: [(name: String, value: String)] {
    [
      ("background", "checksum \(background.fingerprint)"),
      ("fact positions", factPositions.rawValue),
    ]
  }

  /// What a person should know of the background.
  public var notes: [DataNote] { background.notes }

  /// The document at a place, of exactly S·N tokens; segments below ``leastSegmentSize`` trap.
  public func document(at place: DocumentPlace, length: DocumentLength) -> TaskDocument {
    var stream = purpose.stream(
      seed: place.seed, split: place.split, step: place.step, index: place.index)
    let name = stream.index(below: Self.names.count)
    let action = stream.index(below: Self.actions.count)
    let answer = stream.index(below: Self.places.count)
    let fact = facts[(name * Self.actions.count + action) * Self.places.count + answer]
    let noise = place.split == .training ? background.training : background.evaluation
    let start = stream.index(below: noise.count)
    // Drawn last: everything else is the same at every length.
    let facts = factPositions.place(
      [fact], keepsOrder: false, length: length, questionTokenCount: questions[name].count,
      stream: &stream)
    return TaskDocument(
      tokenCount: length.tokenCount, segmentSize: length.segmentSize, background: noise,
      backgroundStart: start, facts: facts, question: questions[name], label: labels[answer])
  }
}
