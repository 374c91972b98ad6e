import Tokenizers

@testable import FineTuning

/// A tokenizer whose vocabulary is visible at a glance: the words of the tasks and of the generated
/// background, one id each.
enum SmallVocabulary {
  static let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
  static let taskWords =
    ["where", "is", "to", "the", "mary", "john", "daniel", "sandra"]
    + ["moved", "went", "back", "journeyed", "travelled"]
    + ["bathroom", "hallway", "garden", "office", "bedroom", "kitchen"]
    + ["what", "of", "north", "south", "east", "west", "milk", "got", "there"]
  static let tokens =
    special + [".", "?", ","] + taskWords
    + GeneratedText.words.filter { !taskWords.contains($0) }

  /// The tokenizer, with more words when a test needs them.
  static func tokenizer(adding words: [String] = []) throws -> Tokenizer {
    try Tokenizer(
      vocabulary: WordPieceVocabulary(tokens: tokens + words, file: "vocabulary"),
      settings: WordPieceSettings(lowercases: true))
  }

  /// The ids of words that are in the vocabulary.
  static func ids(_ text: String) -> [Int32] {
    text.split(separator: " ").map { word in
      Int32(tokens.firstIndex(of: String(word)) ?? -1)
    }
  }
}
