import Kernels
import ModelFile
import Transformer

/// Reads one sequence of ids exactly as it is given, without memory: a plain encoder.
public struct SequenceReader {
  /// What came out.
  public struct Output: Sendable {
    /// Hidden states after the last layer, `[positions, d]` row by row.
    public let hiddenStates: [Float]
    /// The pooler's output, d numbers.
    public let pooledState: [Float]
    /// One logit a label; empty for a model without labels.
    public let logits: [Float]
  }

  private let model: BoundModel
  private let team: ThreadTeam

  /// Opens a model for reading.
  ///
  /// - Parameter threadCount: threads that share the work of one sequence, 1 or more.
  public init(model: ModelFile, threadCount: Int) {
    self.model = BoundModel(model, packingTeam: nil)
    team = ThreadTeam(threadCount: threadCount)
  }

  /// Reads the sequence, special tokens and all, with token type 0 at every position.
  ///
  /// - Throws: ``RecurrenceError`` when there is no id, more than the position table has rows, or one
  ///   outside the vocabulary.
  public func read(_ ids: [Int32]) throws -> Output {
    let configuration = model.file.description.encoder
    let limit = configuration.vocabularySize, width = configuration.hiddenSize
    guard !ids.isEmpty else { throw RecurrenceError.emptyDocument }
    guard ids.count <= configuration.maximumPositions else {
      throw RecurrenceError.tooManyPositions(ids.count, limit: configuration.maximumPositions)
    }
    if let token = ids.first(where: { $0 < 0 || $0 >= limit }) {
      throw RecurrenceError.tokenOutOfRange(token, limit: limit)
    }
    let parameters = model.parameters
    let capacity = EncoderCapacity(rowCount: ids.count, sequenceLength: ids.count)
    let activations = EncoderActivations<Float>(
      configuration, capacity: capacity, keepsEveryLayer: false)
    let workspace = EncoderWorkspace<Float>(
      model.file.description, capacity: capacity, team: team, trains: false)
    let embeddingWidth = configuration.embeddingWidth
    for (row, id) in ids.enumerated() {
      (activations.inputs + row * embeddingWidth).update(
        from: parameters.embeddings.word + Int(id) * embeddingWidth, count: embeddingWidth)
    }
    let batch = SequenceBatch(lengths: [ids.count])
    Encoder(configuration).forward(
      parameters, batch: batch, reading: batch, dropout: nil,
      activations: activations, workspace: workspace)
    var pooled = [Float](repeating: 0, count: width)
    parameters.pooler.forward(
      activations.output, rows: 1, into: &pooled, workspace: workspace)
    var logits: [Float] = []
    if let classifier = parameters.classifier {
      logits = [Float](repeating: 0, count: classifier.outputSize)
      Classifier.forward(classifier, pooled, rows: 1, into: &logits, workspace: workspace)
    }
    return Output(
      hiddenStates: Array(
        UnsafeBufferPointer(start: activations.output, count: ids.count * width)),
      pooledState: pooled, logits: logits)
  }
}
