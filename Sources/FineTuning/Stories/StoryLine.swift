/// One line of a file of stories, taken apart.
struct StoryLine {
  /// The line's number in the file, from 1.
  let number: Int
  /// The number that the line gives itself.
  let identifier: Int
  /// The sentence or the question.
  let sentence: String
  /// The question's answer; `nil` for a sentence.
  let answer: String?
  /// IDs of the sentences from which the answer follows; none where the line gives none.
  let supports: [Int]

  /// Takes a line apart.
  ///
  /// - Throws: ``StoryError`` when it is not of the form.
  init(_ text: String, file: String, line number: Int) throws(StoryError) {
    self.number = number
    let bytes = text.utf8
    let digits = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let rest = bytes[digits.endIndex...]
    guard let identifier = Int(Substring(digits)), rest.first.map(Self.isSpace) ?? true else {
      throw .noIdentifier(file: file, line: number, text: text)
    }
    self.identifier = identifier
    let fields = Substring(rest).split(
      separator: "\t", omittingEmptySubsequences: false
    ).map { String($0).trimmingASCIISpace }
    guard fields.count <= 3 else {
      throw .tooManyFields(file: file, line: number, count: fields.count)
    }
    sentence = fields[0]
    guard !sentence.isEmpty else { throw .noSentence(file: file, line: number) }
    guard fields.count > 1 else {
      (answer, supports) = (nil, [])
      return
    }
    guard !fields[1].isEmpty else { throw .noAnswer(file: file, line: number) }
    answer = fields[1]
    var supports: [Int] = []
    for word in fields.dropFirst(2).joined().split(separator: " ") {
      guard let support = Int(word) else {
        throw .brokenSupport(file: file, line: number, text: String(word))
      }
      supports.append(support)
    }
    self.supports = supports
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

extension String {
  /// The text without spaces and carriage returns at its ends; tabs divide fields and stay.
  var trimmingASCIISpace: String {
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x0D }
    let start = utf8.firstIndex { !isSpace($0) } ?? utf8.endIndex
    let end = utf8.lastIndex { !isSpace($0) }.map { utf8.index(after: $0) } ?? start
    return String(self[start..<end])
  }
}
