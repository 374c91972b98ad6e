import Randomness
import Tokenizers

/// The Memorize task: remember a fact from the first tokens to the end of a long document.
///
/// A sample of N segments of S tokens is
/// `fact tokens · background · question tokens`, S·N tokens together: the fact opens segment 0 and
/// the question ends the last segment. Name, action and place are drawn uniformly; the place is the
/// answer, so chance is one in six. Sample i of a (seed, split, step) is a pure function of these.
/// Source: "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062, §4.1.
public struct MemorizeTask: Sendable {
  /// Who moves.
  public static let names = ["Mary", "John", "Daniel", "Sandra"]
  /// How.
  public static let actions = ["moved", "went", "went back", "journeyed", "travelled"]
  /// Where to: the answers, in the order of the paper's labels.
  public static let places = ["bathroom", "hallway", "garden", "office", "bedroom", "kitchen"]

  /// Document tokens S in a segment.
  public let segmentSize: Int
  /// What fills the document.
  public let background: BackgroundText
  private let facts: [[Int32]]
  private let questions: [[Int32]]
  private let labels: [Int]

  /// The task for a model.
  ///
  /// - Parameter modelLabels: names of the model's classes; the six places are found by name.
  /// - Throws: ``TaskError``.
  public init(
    modelLabels: [String], segmentSize: Int, tokenizer: WordPieceTokenizer,
    background: BackgroundText
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
    let needed = (facts.map(\.count).max() ?? 0) + (questions.map(\.count).max() ?? 0)
    guard segmentSize >= needed else {
      throw .segmentTooSmall(segmentSize: segmentSize, neededTokenCount: needed)
    }
    self.segmentSize = segmentSize
    self.background = background
    self.labels = labels
    self.facts = facts
    self.questions = questions
  }

  /// One sample of exactly `segmentSize · segmentCount` tokens.
  package func sample(
    seed: UInt64, split: DataSplit, step: Int, index: Int, segmentCount: Int
  ) -> LabeledSample {
    var stream = SamplePurpose.memorize.stream(
      seed: seed, split: split, step: step, index: index)
    let name = stream.index(below: Self.names.count)
    let action = stream.index(below: Self.actions.count)
    let place = stream.index(below: Self.places.count)
    let fact = facts[(name * Self.actions.count + action) * Self.places.count + place]
    let question = questions[name]
    let noise = split == .training ? background.training : background.evaluation
    let start = stream.index(below: noise.count)
    let tokenCount = segmentSize * segmentCount
    var tokenIDs: [Int32] = []
    tokenIDs.reserveCapacity(tokenCount)
    tokenIDs += fact
    noise.append(tokenCount - fact.count - question.count, from: start, to: &tokenIDs)
    tokenIDs += question
    return LabeledSample(tokenIDs: tokenIDs, label: labels[place])
  }

  /// Samples to measure a finished model on; they never occur in training or validation.
  ///
  /// - Parameter count: how many, at least one.
  public func testSamples(count: Int, segmentCount: Int, seed: UInt64) -> any SampleCollection {
    MemorizeSamples(
      task: self, count: count, seed: seed, split: .test, segmentCount: segmentCount)
  }
}

/// A number of samples of one length.
struct MemorizeSamples: SampleCollection {
  let task: MemorizeTask
  let count: Int
  let seed: UInt64
  let split: DataSplit
  let segmentCount: Int

  subscript(position: Int) -> LabeledSample {
    task.sample(seed: seed, split: split, step: 0, index: position, segmentCount: segmentCount)
  }
}
