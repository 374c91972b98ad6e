import ModelSchema
import Tokenizers
import Transformer

/// Everything about a model that the recurrence needs and that does not change while it runs.
package struct RecurrentPlan: Sendable {
  /// The model.
  package let model: ModelDescription
  /// Its memory's settings.
  package let memory: MemoryConfiguration
  /// Where things lie in a segment.
  package let layout: SegmentLayout
  /// The largest pass: rows that go through the encoder side by side.
  package let capacity: EncoderCapacity
  /// The most samples of a group, and so of a pass: as many as a pass has room for with one token each.
  package let samplesPerGroup: Int

  /// The plan of a model with memory.
  ///
  /// Samples share a pass until it has about 512 rows: enough for matrix products to run at full
  /// speed, few enough for their activations to stay small.
  ///
  /// - Throws: ``RecurrenceError`` when the model has no memory, or segments that hold no token.
  package init(_ model: ModelDescription, tokens: SpecialTokens) throws {
    guard let memory = model.memory else { throw RecurrenceError.noMemory }
    // In this order: within the position table the segment's size cannot overflow.
    guard (1...model.encoder.maximumPositions).contains(memory.segmentPositions),
      memory.tokenCount >= 1, memory.segmentSize >= 1
    else {
      throw RecurrenceError.segmentPositions(
        memory.segmentPositions, memoryTokens: memory.tokenCount,
        limit: model.encoder.maximumPositions)
    }
    self.model = model
    self.memory = memory
    layout = SegmentLayout(model, memory: memory, tokens: tokens)
    let rowCount = max(1, 512 / memory.segmentPositions) * memory.segmentPositions
    capacity = EncoderCapacity(rowCount: rowCount, sequenceLength: memory.segmentPositions)
    samplesPerGroup = rowCount / layout.rowCount(tokenCount: 1)
  }

  /// Numbers of one sample's memory, m·d.
  package var memoryStride: Int { memory.tokenCount * model.encoder.hiddenSize }

  /// Rows that the longest segment of a sample takes.
  func rowCount(of sample: RecurrentSample) -> Int {
    layout.rowCount(tokenCount: sample.pieces.reduce(0) { max($0, $1.count) })
  }

  /// The samples of a batch in groups, in order, each as large as the passes of its earlier segments
  /// allow.
  ///
  /// - Parameter sharesBeginnings: whether those that are one document but for their last segment take
  ///   the room of one, up to ``samplesPerGroup``, for they are read once up to it.
  func groups(of samples: [RecurrentSample], sharesBeginnings: Bool) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var first = 0, rows = 0
    for index in samples.indices {
      let isShared =
        sharesBeginnings && index > first
        && samples[index].sharesBeginning(with: samples[index - 1])
      var count = isShared ? 0 : rowCount(of: samples[index])
      if rows + count > capacity.rowCount || index - first == samplesPerGroup {
        groups.append(first..<index)
        (first, rows, count) = (index, 0, rowCount(of: samples[index]))
      }
      rows += count
    }
    return first < samples.count ? groups + [first..<samples.count] : groups
  }
}
