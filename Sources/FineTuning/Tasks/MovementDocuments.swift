import Randomness
import Tokenizers

/// What Memorize and Detect have in common: somebody goes to a place, and where is asked at the end.
///
/// `"{name} {action} to the {place}."`, `"Where is {name}?"`; name, action and place are drawn
/// uniformly, the place is the answer, so chance is one in six.
struct MovementDocuments: Sendable {
  /// What fills the documents.
  let background: BackgroundText
  /// Where the fact is.
  let factPositions: FactPositions
  /// Document tokens that the longest fact and the longest question take.
  let leastSegmentSize: Int
  private let purpose: SamplePurpose
  private let facts: [[Int32]]
  private let questions: [[Int32]]
  private let labels: [Int]

  /// The documents for a model.
  ///
  /// - Parameter purpose: which streams the documents are drawn from.
  /// - Throws: ``TaskError``.
  init(
    purpose: SamplePurpose, modelLabels: [String], tokenizer: Tokenizer,
    background: BackgroundText, factPositions: FactPositions
  ) throws(TaskError) {
    labels = try TaskLabels(of: MemorizeTask.places, in: modelLabels).rows
    let sentences = TaskSentences(tokenizer)
    var facts: [[Int32]] = []
    var questions: [[Int32]] = []
    for name in MemorizeTask.names {
      for action in MemorizeTask.actions {
        for place in MemorizeTask.places {
          facts.append(try sentences.encode("\(name) \(action) to the \(place)."))
        }
      }
      questions.append(try sentences.encode("Where is \(name)?"))
    }
    leastSegmentSize = (facts.map(\.count).max() ?? 0) + (questions.map(\.count).max() ?? 0)
    self.purpose = purpose
    self.background = background
    self.factPositions = factPositions
    self.facts = facts
    self.questions = questions
  }

  /// What the documents depend on.
  var settings: [(name: String, value: String)] {
    [
      ("background", "checksum \(background.fingerprint)"),
      ("fact positions", factPositions.rawValue),
    ]
  }

  /// The document at a place, of exactly S·N tokens; segments below ``leastSegmentSize`` trap.
  func document(at place: DocumentPlace, length: DocumentLength) -> TaskDocument {
    var stream = purpose.stream(
      seed: place.seed, split: place.split, step: place.step, index: place.index)
    let name = stream.index(below: MemorizeTask.names.count)
    let action = stream.index(below: MemorizeTask.actions.count)
    let answer = stream.index(below: MemorizeTask.places.count)
    let row = name * MemorizeTask.actions.count + action
    let fact = facts[row * MemorizeTask.places.count + answer]
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
