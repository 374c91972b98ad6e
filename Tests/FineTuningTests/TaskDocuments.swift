import Tokenizers

@testable import FineTuning

/// What tests of several tasks ask of a task's documents.
enum TaskDocuments {
  /// Background of generated sentences, a few hundred tokens in each part.
  static func background(_ tokenizer: Tokenizer) throws -> BackgroundText {
    try BackgroundText(generatedFrom: 7, tokenizer: tokenizer, tokenCount: 300)
  }

  /// Reasoning over the program's own stories.
  static func reason(factPositions: FactPositions) throws -> StoryTask {
    let tokenizer = try SmallVocabulary.tokenizer()
    return try StoryTask.reason(
      modelLabels: MovementTask.places, tokenizer: tokenizer,
      background: try background(tokenizer),
      stories: try StoryCollection(generatedFor: [], allowsTrainingStories: false),
      factPositions: factPositions)
  }
}

extension LongDocumentTask {
  /// The document of an index, as a measurement would make it.
  func document(
    _ index: Int, segmentCount: Int, segmentSize: Int = 32, split: DataSplit = .test
  ) -> TaskDocument {
    document(
      at: DocumentPlace(seed: 3, split: split, index: index),
      length: DocumentLength(segmentCount: segmentCount, segmentSize: segmentSize))
  }
}

extension TaskDocument {
  /// The words of the facts, in the task's order.
  var factWords: [String] { facts.map { Self.words($0.tokenIDs) } }

  /// The words of the question.
  var questionWords: String { Self.words(question) }

  private static func words(_ ids: [Int32]) -> String {
    ids.map { SmallVocabulary.tokens[Int($0)] }.joined(separator: " ")
  }
}
