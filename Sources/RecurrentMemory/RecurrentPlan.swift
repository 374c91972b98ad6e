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
  /// Samples that one pass through the encoder takes side by side.
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
    samplesPerGroup = max(1, 512 / memory.segmentPositions)
  }

  /// The largest pass: a full group of full segments.
  package var capacity: EncoderCapacity {
    EncoderCapacity(
      rowCount: samplesPerGroup * memory.segmentPositions, sequenceLength: memory.segmentPositions)
  }

  /// The samples of a batch in groups, in order.
  func groups(of sampleCount: Int) -> [Range<Int>] {
    stride(from: 0, to: sampleCount, by: samplesPerGroup).map {
      $0..<min($0 + samplesPerGroup, sampleCount)
    }
  }
}
