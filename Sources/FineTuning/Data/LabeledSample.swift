import JSON

/// One document of a training or evaluation set: its tokens and the class that is right.
public struct LabeledSample: Sendable, Hashable {
  /// The document's token ids, without special tokens.
  public let tokenIDs: [Int32]
  /// Row of the classifier that should win.
  public let label: Int
  /// Document tokens in a full segment; `nil` for as many as the run's.
  public let segmentSize: Int?
  /// Document tokens after which only background comes before the last segment; `nil` where it is not
  /// known.
  public let factEnd: Int?
  /// The positions over which each segment is spread; `nil` for as many as it has.
  public let positionSpan: Int?

  /// A sample with every part given.
  public init(
    tokenIDs: [Int32], label: Int, segmentSize: Int? = nil, factEnd: Int? = nil,
    positionSpan: Int? = nil
  ) {
    self.positionSpan = positionSpan
    self.tokenIDs = tokenIDs
    self.label = label
    self.segmentSize = segmentSize
    self.factEnd = factEnd
  }
}

extension LabeledSample: SegmentedDocument {
  /// Tokens of the document.
  public var tokenCount: Int { tokenIDs.count }
  /// The sample's own size.
  public var ownSegmentSize: Int? { segmentSize }
  /// The tokens of a range of the document.
  public func tokenIDs(in range: Range<Int>) -> [Int32] { Array(tokenIDs[range]) }
}

/// Samples that are counted and can be made or read again at any time, in any order.
public protocol SampleCollection: Sendable {
  /// Samples in the collection.
  var count: Int { get }
  /// The sample at a position in `0..<count`; the same one every time.
  subscript(position: Int) -> LabeledSample { get }
  /// The same sample to be read in pieces, where it need not be made whole.
  func segmented(at position: Int) -> any SegmentedDocument
}

extension SampleCollection {
  /// The sample made whole, which pieces are then taken from.
  public func segmented(at position: Int) -> any SegmentedDocument { self[position] }
}

/// An endless supply of training samples, a pure function of the step.
public protocol BatchSource: Sendable {
  /// The samples of one step of the run, counted from 0 over all stages.
  func batch(step: Int, sampleCount: Int) -> [LabeledSample]
}

/// What a run learns from: it gives every stage of a curriculum its samples.
///
/// Both sides depend on seed, stage and step alone, so a step's number is all that a resumed run
/// needs to know of its place in the data.
public protocol FineTuningData: Sendable {
  /// What the data is, as settings: a resumed run must find the same.
  var settings: [(name: String, value: String)] { get }
  /// The files that the samples were read from, for the record; none for samples that are made.
  var sourcePaths: [String] { get }
  /// What the history of the resulting model shall tell beside the settings.
  var record: JSONObject { get }
  /// The accuracy that a model reaches on a stage's validation samples without reading a document.
  func chanceAccuracy(for stage: Curriculum.Stage) -> Double
  /// What in the data and its settings may keep a stage from learning anything, each as a clause.
  func causesOfChance(in stage: Curriculum.Stage) -> [String]
  /// What a person should know of the data before training.
  func notes(for curriculum: Curriculum) -> [DataNote]
  /// The samples that a stage trains on.
  ///
  /// - Throws: ``CurriculumError`` when there are none.
  func trainingSamples(for stage: Curriculum.Stage, seed: UInt64) throws -> any BatchSource
  /// The samples that a stage is measured on. Tasks train on one of them only where that is allowed by
  /// name; of a file's documents ``notes(for:)`` tells those that are trained on too.
  ///
  /// - Throws: ``CurriculumError`` when there are none.
  func validationSamples(for stage: Curriculum.Stage, seed: UInt64) throws -> any SampleCollection
}

extension FineTuningData {
  /// Nothing: the settings tell it all.
  public var record: JSONObject { JSONObject() }

  /// None that are known.
  public func causesOfChance(in stage: Curriculum.Stage) -> [String] { [] }
}
