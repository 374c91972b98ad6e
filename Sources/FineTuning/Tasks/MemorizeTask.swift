import Randomness
import Tokenizers

/// The Memorize task: remember a fact from the first tokens to the end of a long document.
///
/// A sample of N segments of S tokens is
/// `fact tokens · background · question tokens`, S·N tokens together: the fact opens segment 0 and
/// the question ends the last segment. Name, action and place are drawn uniformly; the place is the
/// answer, so chance is one in six. Sample i of a (seed, split, step) is a pure function of these.
/// Source: "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062, §4.1.
public struct MemorizeTask: LongDocumentTask {
  /// Who moves.
  public static let names = ["Mary", "John", "Daniel", "Sandra"]
  /// How.
  public static let actions = ["moved", "went", "went back", "journeyed", "travelled"]
  /// Where to: the answers, in the order of the paper's labels.
  public static let places = ["bathroom", "hallway", "garden", "office", "bedroom", "kitchen"]

  /// What `--task` calls it.
  public let name = "memorize"
  /// What fills the document.
  public let background: BackgroundText
  /// Document tokens that the longest fact and the longest question take.
  public let leastSegmentSize: Int
  private let facts: [[Int32]]
  private let questions: [[Int32]]
  private let labels: [Int]

  /// The task for a model.
  ///
  /// - Parameter modelLabels: names of the model's classes; the six places are found by name.
  /// - Throws: ``TaskError``.
  public init(
    modelLabels: [String], tokenizer: WordPieceTokenizer, background: BackgroundText
  ) throws(TaskError) {
    var labels: [Int] = []
    for place in Self.places {
      guard let label = modelLabels.firstIndex(of: place) else {
        throw .missingLabel(label: place, modelLabels: modelLabels, taskLabels: Self.places)
      }
      labels.append(label)
    }
    let unknown = tokenizer.specialTokens.unknown
    func encode(_ sentence: String) throws(TaskError) -> [Int32] {
      let ids = tokenizer.encode(sentence)
      guard !ids.contains(unknown) else { throw .unknownWord(sentence: sentence) }
      return ids
    }
    var facts: [[Int32]] = []
    var questions: [[Int32]] = []
    for name in Self.names {
      for action in Self.actions {
        for place in Self.places { facts.append(try encode("\(name) \(action) to the \(place).")) }
      }
      questions.append(try encode("Where is \(name)?"))
    }
    leastSegmentSize = (facts.map(\.count).max() ?? 0) + (questions.map(\.count).max() ?? 0)
    self.background = background
    self.labels = labels
    self.facts = facts
    self.questions = questions
  }

  /// One in as many as there are places.
  public var chanceAccuracy: Double { 1 / Double(Self.places.count) }

  /// The background is all that the documents depend on.
  public var settings: [(name: String, value: String)] {
    [("background", "checksum \(background.fingerprint)")]
  }

  /// What a person should know of the background.
  public var notes: [DataNote] { background.notes }

  /// The document at a place, of exactly S·N tokens; segments below ``leastSegmentSize`` trap.
  public func document(at place: DocumentPlace, length: DocumentLength) -> TaskDocument {
    var stream = SamplePurpose.memorize.stream(
      seed: place.seed, split: place.split, step: place.step, index: place.index)
    let name = stream.index(below: Self.names.count)
    let action = stream.index(below: Self.actions.count)
    let answer = stream.index(below: Self.places.count)
    let fact = facts[(name * Self.actions.count + action) * Self.places.count + answer]
    let noise = place.split == .training ? background.training : background.evaluation
    return TaskDocument(
      tokenCount: length.tokenCount, segmentSize: length.segmentSize, background: noise,
      backgroundStart: stream.index(below: noise.count),
      facts: [TaskDocument.Fact(position: 0, tokenIDs: fact)], question: questions[name],
      label: labels[answer])
  }
}
