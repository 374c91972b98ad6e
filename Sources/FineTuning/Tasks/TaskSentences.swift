import Tokenizers

/// Turns a task's sentences into ids, and refuses those that the vocabulary does not know.
struct TaskSentences {
  private let tokenizer: Tokenizer

  init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

  /// The ids of a sentence without special tokens.
  ///
  /// - Throws: ``TaskError/unknownWord(sentence:)``: sentences with `[UNK]` would look alike.
  func encode(_ sentence: String) throws(TaskError) -> [Int32] {
    let ids = tokenizer.encodeSentence(sentence)
    guard !ids.isEmpty, !ids.contains(tokenizer.specialTokens.unknown) else {
      throw .unknownWord(sentence: sentence)
    }
    return ids
  }
}

/// A task's answers as rows of a model's classifier, found by name.
struct TaskLabels {
  /// The row of each answer.
  let rows: [Int]

  /// Finds every answer.
  ///
  /// - Throws: ``TaskError/missingLabels(_:modelLabels:taskLabels:)`` that names those not found.
  init(of answers: [String], in modelLabels: [String]) throws(TaskError) {
    let rows = answers.map { modelLabels.firstIndex(of: $0) }
    guard rows.allSatisfy({ $0 != nil }) else {
      throw .missingLabels(
        zip(answers, rows).filter { $0.1 == nil }.map(\.0), modelLabels: modelLabels,
        taskLabels: answers)
    }
    self.rows = rows.compactMap { $0 }
  }
}
