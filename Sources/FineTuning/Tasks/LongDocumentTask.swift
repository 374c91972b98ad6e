import JSON

/// A task whose documents, of any length, the program makes.
public protocol LongDocumentTask: Sendable {
  /// What `--task` calls it.
  var name: String { get }
  /// What fills the documents.
  var background: BackgroundText { get }
  /// Document tokens that a segment must hold, for the facts and the question to fit.
  var leastSegmentSize: Int { get }
  /// The accuracy of guessing.
  var chanceAccuracy: Double { get }
  /// What the task's documents depend on, the background included: a resumed run must find the same.
  var settings: [(name: String, value: String)] { get }
  /// The files that facts and questions were read from, for the record.
  var sourcePaths: [String] { get }
  /// What the file of a model that trained on the task shall tell beside the settings.
  var record: JSONObject { get }
  /// What a person should know before training.
  var notes: [DataNote] { get }
  /// What may be chosen of the stories that it trains on.
  var storyKinds: StoryKinds { get }
  /// The different questions that the facts of the document at a place are asked.
  func questionCount(at place: DocumentPlace) -> Int
  /// The document at a place: a pure function of it.
  func document(at place: DocumentPlace, length: DocumentLength) -> TaskDocument
}

extension LongDocumentTask {
  /// None: the program makes the sentences.
  public var sourcePaths: [String] { [] }

  /// Nothing: the settings tell it all.
  public var record: JSONObject { JSONObject() }

  /// None: the documents tell no stories.
  public var storyKinds: StoryKinds { [] }

  /// One.
  public func questionCount(at place: DocumentPlace) -> Int { 1 }

  /// Whether the facts and the question fit into segments of that size.
  ///
  /// - Throws: ``TaskError/segmentTooSmall(segmentSize:neededTokenCount:)``.
  package func check(segmentSize: Int) throws(TaskError) {
    guard segmentSize >= leastSegmentSize else {
      throw .segmentTooSmall(segmentSize: segmentSize, neededTokenCount: leastSegmentSize)
    }
  }
}

/// Which document of a task: everything that its random numbers are drawn from.
public struct DocumentPlace: Sendable, Hashable {
  /// The run's seed.
  package let seed: UInt64
  /// What the document is for.
  package let split: DataSplit
  /// The optimizer step that it is made for.
  package let step: Int
  /// Its number in that step.
  package let index: Int
  /// Which of the questions about the drawn story's facts ends it.
  package let question: QuestionChoice
  /// Whether the story is drawn from the ambiguous ones alone.
  package let isAmbiguous: Bool
  /// Whether the story, of a document to train on, is drawn from those around a corner.
  package let isCorner: Bool

  package init(
    seed: UInt64, split: DataSplit, step: Int = 0, index: Int,
    question: QuestionChoice = QuestionChoice(), isAmbiguous: Bool = false, isCorner: Bool = false
  ) {
    self.seed = seed
    self.split = split
    self.step = step
    self.index = index
    self.question = question
    self.isAmbiguous = isAmbiguous
    self.isCorner = isCorner
  }
}

/// Which of the questions about a story's facts a document asks.
package struct QuestionChoice: Sendable, Hashable {
  /// Its number, counted from the one that is drawn; after the last comes the first.
  package var number = 0
  /// Whether plain questions come before all others.
  package var prefersPlain = false

  /// The question that is drawn, until something else is set.
  package init(number: Int = 0, prefersPlain: Bool = false) {
    self.number = number
    self.prefersPlain = prefersPlain
  }
}

/// How long a task's document is: N full segments of S document tokens.
public struct DocumentLength: Sendable, Hashable {
  /// Segments N.
  public let segmentCount: Int
  /// Document tokens S in a segment.
  public let segmentSize: Int

  /// A length with both parts given.
  public init(segmentCount: Int, segmentSize: Int) {
    self.segmentCount = segmentCount
    self.segmentSize = segmentSize
  }

  /// Document tokens in all.
  public var tokenCount: Int { segmentCount * segmentSize }
}
