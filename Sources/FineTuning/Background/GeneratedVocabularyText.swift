/// Endless text in every word that the program writes: the tasks' sentences and the generated
/// background in turns, for a vocabulary to be learned from.
package struct GeneratedVocabularyText {
  private static let sentences = GeneratedStories.sentences.joined(separator: " ")
  private var background: GeneratedText
  private var isBackgroundNext = false
  private let byteCount = Self.sentences.utf8.count

  /// The text of a seed, from its beginning.
  package init(seed: UInt64) { background = GeneratedText(seed: seed, split: .training) }

  /// The next piece: every sentence of the tasks, or as much background.
  package mutating func next() -> String {
    defer { isBackgroundNext.toggle() }
    guard isBackgroundNext else { return Self.sentences }
    var text = ""
    while text.utf8.count < byteCount { text += background.paragraph() + "\n" }
    return text
  }
}
