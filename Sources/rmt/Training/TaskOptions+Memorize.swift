import FineTuning
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import Tokenizers

extension TaskOptions {
  /// Tokens of generated background: enough that no two samples look alike.
  private static let generatedTokenCount = 20_000

  /// The Memorize task for a model.
  ///
  /// - Throws: `TaskError`, `BackgroundError`, `FileError`, `Interrupted`.
  func memorize(
    for model: ModelFile, memory: MemoryConfiguration, seed: UInt64
  ) throws -> MemorizeTask {
    guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
    let background =
      if self.background.isEmpty {
        try BackgroundText(
          generatedFrom: seed, tokenizer: tokenizer,
          tokenCount: max(Self.generatedTokenCount, 4 * memory.segmentSize))
      } else {
        try BackgroundText(
          paths: self.background, evaluationPaths: evaluationBackground, tokenizer: tokenizer,
          minimumTokenCount: memory.segmentSize
        ) { try Interruption.check() }
      }
    return try MemorizeTask(
      modelLabels: model.description.labels, tokenizer: tokenizer, background: background)
  }
}
