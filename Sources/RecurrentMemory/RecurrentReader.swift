import Kernels
import ModelFile
import ModelSchema
import TensorStorage
import Tokenizers
import Transformer

/// Reads a document of any length, one segment after another, in constant memory.
///
/// The memory starts as the model's initial one, is replaced by the hidden states that each segment
/// leaves at the memory's positions, and may be taken out and put back at any boundary. The same
/// model and tokens give the same bits with any number of threads.
public final class RecurrentReader {
  /// The memory's settings.
  public let memoryConfiguration: MemoryConfiguration
  /// Positions of the segment read last; 0 before the first.
  public private(set) var positionCount = 0

  let model: BoundModel
  let layout: SegmentLayout
  let encoder: Encoder<Float>
  let workspace: EncoderWorkspace<Float>
  private let activations: EncoderActivations<Float>
  private var state: [Float]
  /// The segment read last, its rows that are read, and whether the output holds all rows.
  private var batch = SequenceBatch(lengths: [1])
  private var reading = SequenceBatch(lengths: [1])
  private var holdsAllRows = false

  /// Opens a model for reading.
  ///
  /// - Parameter threadCount: threads that share the work of one segment, 1 or more.
  /// - Throws: ``RecurrenceError`` for a model without memory or without tokenizer.
  public init(model: ModelFile, threadCount: Int) throws {
    guard let tokens = try model.specialTokens() else { throw RecurrenceError.noTokenizer }
    let plan = try RecurrentPlan(model.description, tokens: tokens)
    let configuration = model.description.encoder
    let positions = plan.memory.segmentPositions
    let capacity = EncoderCapacity(rowCount: positions, sequenceLength: positions)
    memoryConfiguration = plan.memory
    layout = plan.layout
    let team = ThreadTeam(threadCount: threadCount)
    self.model = BoundModel(model, packingTeam: team)
    encoder = Encoder(configuration)
    workspace = EncoderWorkspace(
      model.description, capacity: capacity, team: team, trains: false)
    activations = EncoderActivations(
      configuration, capacity: capacity, keepsEveryLayer: false)
    state = []
    reset()
  }

  /// What the model remembers, `[m, d]` row by row; set it to go on from a memory that was kept.
  ///
  /// Setting another number of values than m·d traps.
  public var memory: [Float] {
    get { state }
    set {
      precondition(newValue.count == state.count, "a memory of \(newValue.count) numbers")
      state = newValue
    }
  }

  /// Forgets everything: back to the initial memory.
  public func reset() {
    guard let initial = model.parameters.initialMemory else {
      preconditionFailure("a model without memory")
    }
    let count = memoryConfiguration.tokenCount * model.file.description.encoder.hiddenSize
    state = Array(UnsafeBufferPointer(start: initial, count: count))
    positionCount = 0
  }

  /// Reads one segment: at most S tokens of the document, without special tokens, as
  /// ``Segmentation`` cuts them; more tokens trap.
  ///
  /// - Throws: ``RecurrenceError`` when an id is outside the vocabulary; the memory stays as it was.
  public func read(_ tokens: ArraySlice<Int32>) throws {
    try check(tokens)
    positionCount = layout.rowCount(tokenCount: tokens.count)
    layout.write(
      tokens: tokens, memory: state, wordEmbeddings: model.parameters.embeddings.word,
      into: activations, fromRow: 0)
    if batch.rowCount != positionCount {
      batch = SequenceBatch(lengths: [positionCount], memoryRows: layout.memoryRows)
      // Nobody knows yet whether this is the last segment: the rows of [CLS] and memory serve both.
      reading = batch.leading(layout.memoryRows.upperBound)
    }
    holdsAllRows = false
    encoder.forward(
      model.parameters, batch: batch, reading: reading, dropout: nil,
      activations: activations, workspace: workspace)
    let width = layout.hiddenSize
    let first = layout.memoryRows.lowerBound * width
    for index in state.indices { state[index] = activations.output[first + index] }
  }

  /// Holds the tokens of a segment against the segment's size and the vocabulary.
  func check(_ tokens: ArraySlice<Int32>) throws(RecurrenceError) {
    precondition(
      tokens.count <= memoryConfiguration.segmentSize, "\(tokens.count) tokens in a segment")
    let limit = model.file.description.encoder.vocabularySize
    for index in tokens.indices where tokens[index] < 0 || tokens[index] >= limit {
      throw .tokenOutOfRange(tokens[index], limit: limit)
    }
  }

  /// Hidden states of the segment read last, `[positionCount, d]` row by row.
  ///
  /// Reading computes the last layer for `[CLS]` and memory alone; this computes it for the rest.
  public var hiddenStates: [Float] {
    guard positionCount > 0 else { return [] }
    if !holdsAllRows {
      encoder.readAllRows(
        model.parameters, batch: batch, activations: activations, workspace: workspace)
      holdsAllRows = true
    }
    return Array(
      UnsafeBufferPointer(start: activations.output, count: positionCount * layout.hiddenSize))
  }

  /// The pooler's output for the segment read last, d numbers; before the first it traps.
  public func pooledState() -> [Float] {
    precondition(positionCount > 0, "no segment was read")
    var pooled = [Float](repeating: 0, count: layout.hiddenSize)
    model.parameters.pooler.forward(
      activations.output, rows: 1, into: &pooled, workspace: workspace)
    return pooled
  }

  /// One logit a label, from the segment read last; empty for a model without labels, and before
  /// the first segment it traps.
  public func logits() -> [Float] {
    guard let classifier = model.parameters.classifier else { return [] }
    var logits = [Float](repeating: 0, count: classifier.outputSize)
    Classifier.forward(
      classifier, pooledState(), rows: 1, into: &logits, workspace: workspace)
    return logits
  }

  /// The labels' probabilities, in their order, from the segment read last: the logits' softmax.
  public func probabilities() -> [Double] { Classifier.probabilities(logits()) }
}
