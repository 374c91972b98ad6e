import FineTuning
import Foundation
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage

extension ModelFile {
  /// The settings under which documents are cut: the file's, or with other segments.
  ///
  /// - Throws: `FineTuningError` when the model has no memory or no labels; `RecurrenceError` when
  ///   segments of that size cannot be.
  func memory(segmentPositions: Int?) throws -> MemoryConfiguration {
    guard var memory = description.memory else { throw FineTuningError.noMemory(path: path) }
    guard !description.labels.isEmpty else { throw FineTuningError.noLabels(path: path) }
    let limit = description.encoder.maximumPositions
    if let segmentPositions {
      guard segmentPositions <= limit,
        segmentPositions > memory.segmentPositions - memory.segmentSize
      else {
        throw RecurrenceError.segmentPositions(
          segmentPositions, memoryTokens: memory.tokenCount, limit: limit)
      }
      memory.segmentPositions = segmentPositions
    }
    return memory
  }
}

extension Optional where Wrapped == Int {
  /// The threads to compute with: as many as asked for, else one a core.
  var orEveryCore: Int { self ?? max(1, ProcessInfo.processInfo.activeProcessorCount) }
}
