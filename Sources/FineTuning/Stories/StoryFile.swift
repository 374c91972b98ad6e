import TensorStorage
import Tokenizers

/// A file of the form of the bAbI tasks: numbered sentences, with questions among them.
///
/// A line is `ID sentence` or `ID question<TAB>answer<TAB>supporting IDs`. IDs count from 1, and an
/// ID of 1 begins a new narrative. Each question makes a ``Story`` of its own, whose facts are all
/// sentences of the narrative before it. Supporting IDs name earlier sentences; they are checked
/// where they are given and not used. Blank lines, carriage returns, a byte order mark and spaces at
/// a line's end are no part of the text.
/// Source: Weston et al., "Towards AI-Complete Question Answering", arXiv 1502.05698.
package struct StoryFile: Sendable {
  /// The longest line that is read, in bytes.
  package static let maximumLineByteCount = 1 << 16
  /// The most lines of a narrative: a story repeats all of its sentences.
  package static let maximumNarrativeLineCount = 4096

  /// Where the stories came from.
  package let path: String
  /// A story for each question, in the order of the file.
  package private(set) var stories: [Story] = []
  /// The stories of each narrative.
  package private(set) var narratives: [Range<Int>] = []
  /// What a person should know of the file: how it was decoded.
  package private(set) var notes: [DataNote] = []
  /// The line of each question.
  private(set) var questionLines: [Int] = []
  /// The lines of each narrative's sentences.
  private(set) var sentenceLines: [[Int]] = []

  /// Reads a file.
  ///
  /// - Throws: ``StoryError`` with the line; `FileError` when the file cannot be read; whatever
  ///   `checkCancellation`, which is called for every line, throws.
  package init(path: String, checkCancellation: () throws -> Void = {}) throws {
    self.path = path
    var reader = try LineReader(path: path, maximumLineByteCount: Self.maximumLineByteCount)
    var narrative = Narrative()
    var foreignLines: [Int] = []
    while let bytes = try Self.next(&reader) {
      try checkCancellation()
      let decoded = TextDecoder.decode(bytes)
      if decoded.encoding == .windows1252 { foreignLines.append(reader.lineNumber) }
      let text = decoded.text.trimmingASCIISpace
      if text.isEmpty { continue }
      let line = try StoryLine(text, file: path, line: reader.lineNumber)
      if line.identifier == 1 {
        try finish(narrative)
        narrative = Narrative()
      }
      try narrative.add(line, file: path)
    }
    try finish(narrative)
    guard !stories.isEmpty else { throw StoryError.noStories(file: path) }
    notes = [DataNote(path: path, windows1252Lines: foreignLines)].compactMap { $0 }
  }

  private mutating func finish(_ narrative: Narrative) throws(StoryError) {
    guard let firstLine = narrative.sentenceLines.first else { return }
    guard !narrative.questions.isEmpty else { throw .noQuestion(file: path, line: firstLine) }
    narratives.append(stories.count..<stories.count + narrative.questions.count)
    stories += narrative.stories
    questionLines += narrative.questions.map(\.line)
    sentenceLines.append(narrative.sentenceLines)
  }

  private static func next(_ reader: inout LineReader) throws -> [UInt8]? {
    do {
      return try reader.next()
    } catch DocumentError.lineTooLong(let file, let line, let maximum) {
      throw StoryError.lineTooLong(file: file, line: line, maximumByteCount: maximum)
    }
  }
}

/// The lines of a narrative so far.
private struct Narrative {
  /// Questions so far, and how many of the facts stand before each.
  private(set) var questions: [(factCount: Int, question: String, answer: String, line: Int)] = []
  /// The lines of its sentences in the file.
  private(set) var sentenceLines: [Int] = []
  private var lineCount = 0
  private var facts: [String] = []
  private var factIdentifiers: Set<Int> = []

  /// A story for each question.
  ///
  /// All share one list of facts: with lists of their own a long narrative would take memory by the
  /// square of its lines.
  var stories: [Story] {
    questions.map {
      Story(facts: facts[..<$0.factCount], question: $0.question, answer: $0.answer)
    }
  }

  /// Takes in a line.
  mutating func add(_ line: StoryLine, file: String) throws(StoryError) {
    guard line.identifier == lineCount + 1 else {
      throw .outOfOrder(
        file: file, line: line.number, identifier: line.identifier, expected: lineCount + 1)
    }
    guard lineCount < StoryFile.maximumNarrativeLineCount else {
      throw .narrativeTooLong(
        file: file, line: line.number, maximumLineCount: StoryFile.maximumNarrativeLineCount)
    }
    lineCount += 1
    guard let answer = line.answer else {
      facts.append(line.sentence)
      factIdentifiers.insert(line.identifier)
      sentenceLines.append(line.number)
      return
    }
    guard !facts.isEmpty else { throw .noFacts(file: file, line: line.number) }
    for identifier in line.supports where !factIdentifiers.contains(identifier) {
      throw .unknownSupport(file: file, line: line.number, identifier: identifier)
    }
    questions.append((facts.count, line.sentence, answer, line.number))
  }
}
