/// Facts, a question about them, and its answer.
package struct Story: Sendable, Hashable {
  /// Sentences, in the order in which they are told; the questions of a narrative share theirs.
  package let facts: ArraySlice<String>
  /// What is asked.
  package let question: String
  /// The answer: one of the model's labels.
  package let answer: String

  /// A story with every part given.
  package init(facts: [String], question: String, answer: String) {
    self.init(facts: facts[...], question: question, answer: answer)
  }

  /// A story whose facts are the first ones of a narrative.
  init(facts: ArraySlice<String>, question: String, answer: String) {
    self.facts = facts
    self.question = question
    self.answer = answer
  }

  /// 32 bits of a checksum over facts and question: by it a model's file remembers the story.
  ///
  /// Among 10,000 stories that a model remembers, one it has never seen is taken for one of them
  /// with a probability of 10,000 / 2³².
  var digest: UInt32 {
    var fingerprint = Fingerprint()
    for fact in facts { fingerprint.combine(fact) }
    fingerprint.combine(question)
    return UInt32(truncatingIfNeeded: fingerprint.value)
  }
}

extension Sequence<Story> {
  /// A checksum that changes whenever a story, its answer or the order does.
  var fingerprint: String {
    var fingerprint = Fingerprint()
    for story in self {
      fingerprint.combine([UInt64(story.digest)])
      fingerprint.combine(story.question)
      fingerprint.combine(story.answer)
    }
    return fingerprint.hexadecimal
  }
}
