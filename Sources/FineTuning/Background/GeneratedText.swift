import Randomness

/// Endless paragraphs of plain English sentences that never name a person or a place of a task.
///
/// The text means little; it has the length and the everyday words that a fact must be found among.
/// Two splits draw from different streams of the same seed.
package struct GeneratedText {
  /// Every word the generator can write, lower-case, each once, sorted; a vocabulary that holds
  /// these and the full stop knows all of its text.
  package static let words: [String] = Set(
    (nouns + adjectives + verbs + times + templates).flatMap { phrase in
      phrase.split { !$0.isLetter }.map(String.init)
        .filter { !["NOUN", "ADJECTIVE", "VERB", "TIME"].contains($0) }
        .map { $0.lowercased() }
    }
  ).sorted()

  private static let nouns = [
    "river", "mountain", "letter", "winter", "teacher", "market", "song", "window", "ship", "horse",
    "city", "story", "table", "engine", "forest", "doctor", "summer", "paper", "bridge", "farmer",
    "road", "village", "storm", "school", "field", "clock", "train", "island", "picture", "captain",
    "lamp", "church", "valley", "army", "color", "machine", "morning", "soldier", "coat", "book",
  ]
  private static let adjectives = [
    "old", "quiet", "large", "bright", "narrow", "heavy", "young", "cold", "green", "famous",
    "strange", "small", "warm", "dark", "simple", "broken", "early", "long", "white", "new",
  ]
  private static let verbs = [
    "saw", "followed", "remembered", "built", "found", "described", "lost", "painted", "watched",
    "carried", "heard", "left", "opened", "passed", "knew", "liked", "needed", "changed", "reached",
    "covered",
  ]
  private static let times = [
    "in the spring", "after the war", "before noon", "at night", "every year", "for a long time",
    "in those days", "once again", "at the end of the week", "without a word",
  ]
  private static let templates = [
    "The ADJECTIVE NOUN VERB the NOUN TIME.",
    "Nobody VERB the NOUN of the ADJECTIVE NOUN.",
    "TIME, a NOUN and a NOUN VERB the ADJECTIVE NOUN.",
    "It was a ADJECTIVE NOUN, and the NOUN VERB it TIME.",
    "They VERB the NOUN because the NOUN was ADJECTIVE.",
    "There is a NOUN near the ADJECTIVE NOUN.",
    "People said that the NOUN VERB many ADJECTIVE things TIME.",
    "When the NOUN was ADJECTIVE, we VERB another NOUN.",
  ]

  private var stream: RandomStream

  /// The text of a seed and a split, from its beginning.
  package init(seed: UInt64, split: DataSplit) {
    stream = SamplePurpose.generatedText.stream(seed: seed, split: split)
  }

  /// The next paragraph: three to seven sentences.
  package mutating func paragraph() -> String {
    let count = 3 + stream.index(below: 5)
    return (0..<count).map { _ in sentence() }.joined(separator: " ")
  }

  private mutating func sentence() -> String {
    var sentence = ""
    for word in pick(Self.templates).split(separator: " ") {
      let letters = word.prefix { $0.isLetter }
      let phrase =
        switch letters {
        case "NOUN": pick(Self.nouns)
        case "ADJECTIVE": pick(Self.adjectives)
        case "VERB": pick(Self.verbs)
        case "TIME": pick(Self.times)
        default: String(letters)
        }
      sentence += (sentence.isEmpty ? "" : " ") + phrase + word.dropFirst(letters.count)
    }
    return sentence.prefix(1).uppercased() + sentence.dropFirst()
  }

  private mutating func pick(_ list: [String]) -> String { list[stream.index(below: list.count)] }
}
