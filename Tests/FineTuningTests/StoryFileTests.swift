import TensorStorage
import TestSupport
import Testing

@testable import FineTuning

@Suite struct StoryFileTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func read(_ bytes: some Sequence<UInt8>) throws -> StoryFile {
    try StoryFile(path: try folder.write(Array(bytes), to: "stories.txt"))
  }

  private func read(_ text: String) throws -> StoryFile { try read(Array(text.utf8)) }

  @Test func `a question makes a story of all sentences of its narrative before it`() throws {
    let file = try read(
      """
      1 Mary got the milk there.
      2 Mary went to the garden.
      3 Where is the milk? \tgarden\t1 2
      4 Mary moved to the office.
      5 Where is Mary?\toffice\t4
      1 John went back to the kitchen.
      2 Where is John?\tkitchen\t1

      """)
    let told = ["Mary got the milk there.", "Mary went to the garden."]
    #expect(
      file.stories == [
        Story(facts: told, question: "Where is the milk?", answer: "garden"),
        Story(
          facts: told + ["Mary moved to the office."], question: "Where is Mary?",
          answer: "office"),
        Story(
          facts: ["John went back to the kitchen."], question: "Where is John?",
          answer: "kitchen"),
      ])
    #expect(file.narratives == [0..<2, 2..<3])
    #expect(file.notes == [])
  }

  @Test func `byte order mark, carriage returns and blank lines are no part of the text`() throws {
    let plain = "1 Mary went to the garden.\n2 Where is Mary?\tgarden\t1\n"
    let windows = "\u{FEFF}" + plain.replacing("\n", with: "\r\n") + "\r\n"
    #expect(try read(windows).stories == read(plain).stories)
    #expect(try read("\n\n" + plain + " \n").stories == read(plain).stories)
    // Without a line feed at the end, and without supporting lines, which nothing needs.
    #expect(try read(String(plain.dropLast(3))).stories == read(plain).stories)
  }

  @Test func `a line that is not UTF-8 is read as Windows-1252 and noted`() throws {
    let bytes = Array("1 Ren".utf8) + [0xE9] + Array(" went away.\n2 Who went?\tman\t1\n".utf8)
    let file = try read(bytes)
    #expect(file.stories[0].facts == ["René went away."])
    #expect(file.notes.map(\.description).contains { $0.contains("line 1 is not UTF-8") })
  }

  @Test(arguments: [
    ("Mary went.", 3, "noIdentifier"), ("x3 Mary went.", 3, "noIdentifier"),
    ("3Mary went.", 3, "noIdentifier"), ("-3 Mary went.", 3, "noIdentifier"),
    ("99999999999999999999 Mary went.", 3, "noIdentifier"),
    ("4 Mary went.", 3, "outOfOrder"), ("2 Mary went.", 3, "outOfOrder"),
    ("0 Mary went.", 3, "outOfOrder"),
    ("3", 3, "noSentence"), ("3 \tgarden\t1", 3, "noSentence"),
    ("3 Where is Mary?\t\t1", 3, "noAnswer"), ("3 Where is Mary?\t", 3, "noAnswer"),
    ("3 Where is Mary?\tgarden\t1\t2", 3, "tooManyFields"),
    ("3 Where is Mary?\tgarden\tone", 3, "brokenSupport"),
    ("3 Where is Mary?\tgarden\t3", 3, "unknownSupport"),
    ("3 Where is Mary?\tgarden\t1 2", 3, "unknownSupport"),
    ("3 Where is Mary?\tgarden\t0", 3, "unknownSupport"),
    ("1 Where is Mary?\tgarden\t1", 3, "noFacts"),
    ("1 Mary went.\n1 John went.\n2 Where is John?\tgarden\t1", 3, "noQuestion"),
    ("1 Mary went.", 3, "noQuestion"),
  ])
  func `a bad line is refused with its number`(line: String, number: Int, clause: String) throws {
    let error = #expect(throws: StoryError.self) {
      try read("1 Mary went to the garden.\n2 Where is Mary?\tgarden\t1\n\(line)\n")
    }
    #expect(error.map(clauseName) == clause)
    #expect(error?.place == "\(folder.path)/stories.txt, line \(number)")
    #expect(error?.kind == .badData && error?.advice != nil)
  }

  @Test func `a file that begins in the middle of a story is refused`() {
    #expect(
      throws: StoryError.outOfOrder(
        file: folder.path("stories.txt"), line: 1, identifier: 2, expected: 1)
    ) { try read("2 Mary went to the garden.\n") }
  }

  @Test func `lines and stories without end are refused`() throws {
    let long = "1 " + String(repeating: "Mary ", count: 1 << 14)
    #expect(
      throws: StoryError.lineTooLong(
        file: folder.path("stories.txt"), line: 1, maximumByteCount: 1 << 16)
    ) { try read(long) }
    let lines = (1...4097).map { "\($0) Mary went.\n" }.joined()
    #expect(
      throws: StoryError.narrativeTooLong(
        file: folder.path("stories.txt"), line: 4097, maximumLineCount: 4096)
    ) { try read(lines) }
  }

  @Test func `an empty file, a binary one and none are refused`() throws {
    #expect(throws: StoryError.noStories(file: folder.path("stories.txt"))) { try read("\n") }
    let error = #expect(throws: StoryError.self) { try read([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0]) }
    #expect(
      error?.problem.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } == true)
    #expect(throws: FileError.self) { try StoryFile(path: folder.path("none")) }
  }
}
