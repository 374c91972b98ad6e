import Foundation
import TensorStorage
import TestSupport
import Testing
import Tokenizers

@testable import FineTuning

@Suite struct BackgroundTextTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func background(
    _ paths: [String], evaluation: [String] = [], minimum: Int = 1
  ) throws -> BackgroundText {
    try BackgroundText(
      paths: paths, evaluationPaths: evaluation, tokenizer: try SmallVocabulary.tokenizer(),
      minimumTokenCount: minimum)
  }

  @Test func `a loop goes round from any place`() {
    let loop = TokenLoop([1, 2, 3])
    var document: [Int32] = [9]
    loop.append(7, from: 2, to: &document)
    #expect(document == [9, 3, 1, 2, 3, 1, 2, 3])
    loop.append(0, from: 0, to: &document)
    #expect(document.count == 8)
  }

  @Test func `every tenth text by path is held out`() throws {
    let john = SmallVocabulary.ids("john")[0]
    var training: [Int32] = []
    for index in 0..<12 {
      // Folders and names such that the order of paths is 0, 1, … 11.
      let count = index + 1
      try folder.write(
        Array(
          (index == 9 ? "mary" : Array(repeating: "john", count: count).joined(separator: " "))
            .utf8),
        to: "\(index < 6 ? "a/b" : "c")/\(index < 10 ? "0" : "")\(index).txt")
      if index != 9 { training += Array(repeating: john, count: count) }
    }
    try folder.write("sandra".utf8, to: ".hidden")
    let text = try background([folder.path])
    #expect(text.training.tokenIDs == training)
    #expect(text.evaluation.tokenIDs == SmallVocabulary.ids("mary"))
    #expect(
      text.notes.count == 1
        && text.notes[0].description.hasSuffix(
          "1 of 12 texts is held out for evaluation (every tenth).")
    )
    let measured = try BackgroundText(
      paths: [folder.path], tokenizer: try SmallVocabulary.tokenizer(), minimumTokenCount: 1,
      trains: false)
    #expect(measured.notes[0].description.contains("it has read this"))
  }

  @Test func `of a few files the last is held out and of one the last tenth`() throws {
    let first = try folder.write("the old river".utf8, to: "1.txt")
    let second = try folder.write("mary".utf8, to: "2.txt")
    let two = try background([second, first, first])
    #expect(two.training.tokenIDs == SmallVocabulary.ids("the old river"))
    #expect(two.evaluation.tokenIDs == SmallVocabulary.ids("mary"))
    let words = Array(repeating: "john", count: 18) + ["mary", "sandra"]
    let one = try background([
      try folder.write(words.joined(separator: " ").utf8, to: "3.txt")
    ])
    #expect(one.training.count == 18)
    #expect(one.evaluation.tokenIDs == SmallVocabulary.ids("mary sandra"))
    #expect(one.notes.count == 1 && one.notes[0].description.contains("last tenth"))
  }

  @Test func `text named for evaluation is used for that alone`() throws {
    let first = try folder.write("the old river".utf8, to: "1.txt")
    let second = try folder.write("mary".utf8, to: "2.txt")
    let text = try background([first], evaluation: [second])
    #expect(text.training.tokenIDs == SmallVocabulary.ids("the old river"))
    #expect(text.evaluation.tokenIDs == SmallVocabulary.ids("mary"))
    #expect(text.notes == [])
    #expect(throws: BackgroundError.sharedText(path: first, trainingPath: first)) {
      _ = try background([folder.path], evaluation: [first])
    }
  }

  @Test func `the same text under another spelling, a link or a copy is still the same`() throws {
    let first = try folder.write("the old river".utf8, to: "1.txt")
    let copy = try folder.write("the old  river\n".utf8, to: "copy.txt")
    let link = folder.path("link.txt")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: first)
    for other in ["\(folder.path)/./1.txt", link, copy] {
      #expect(throws: BackgroundError.sharedText(path: other, trainingPath: first)) {
        _ = try background([first], evaluation: [other])
      }
    }
  }

  @Test func `a text is held out with all its copies, or trained on with them`() throws {
    for (number, text) in ["the old river", "mary", "the old river", "mary"].enumerated() {
      try folder.write(text.utf8, to: "\(number).txt")
    }
    let text = try background([folder.path])
    #expect(text.training.tokenIDs == SmallVocabulary.ids("the old river the old river"))
    #expect(text.evaluation.tokenIDs == SmallVocabulary.ids("mary"))
    #expect(text.notes.contains { $0.description.contains("2 of 4 files say the same") })
    // Where all are copies there is one text, and of that its last tenth.
    let words = Array(repeating: "john", count: 9) + ["mary"]
    let first = try folder.write(words.joined(separator: " ").utf8, to: "10.txt")
    let second = try folder.write(words.joined(separator: " ").utf8, to: "11.txt")
    #expect(try background([first, second]).evaluation.tokenIDs == SmallVocabulary.ids("mary"))
    #expect(try TextFolder.files(in: [first, "\(folder.path)/./10.txt"]).count == 1)
  }

  @Test func `where nothing is trained, text to be measured on stands alone`() throws {
    func measuring(_ paths: [String], _ evaluation: [String], minimum: Int = 1) throws
      -> BackgroundText
    {
      try BackgroundText(
        paths: paths, evaluationPaths: evaluation, tokenizer: try SmallVocabulary.tokenizer(),
        minimumTokenCount: minimum, trains: false)
    }
    let path = try folder.write("the old river".utf8, to: "1.txt")
    let alone = try measuring([], [path], minimum: 3)
    #expect(alone.evaluation.tokenIDs == SmallVocabulary.ids("the old river"))
    #expect(alone.notes == [])
    let error = #expect(throws: BackgroundError.self) { try measuring([], [path], minimum: 4) }
    #expect(error?.problem.contains("for evaluation") == true && error?.place == path)
    // What is not trained on is no part of it.
    let short = try folder.write("mary".utf8, to: "2.txt")
    #expect(try measuring([short], [path], minimum: 3).fingerprint == alone.fingerprint)
  }

  @Test func `text shorter than a segment is refused`() throws {
    let file = try folder.write(Array(repeating: "mary ", count: 100).joined().utf8, to: "a.txt")
    #expect(
      throws: BackgroundError.tooShort(
        place: file, part: .heldOut, tokenCount: 10, minimumTokenCount: 11)
    ) { _ = try background([file], minimum: 11) }
    let empty = try folder.write("".utf8, to: "empty/a.txt")
    #expect(throws: BackgroundError.self) { _ = try background([empty]) }
    #expect(throws: FileError.self) { _ = try background([folder.path("none")]) }
  }

  @Test func `odd files are noted`() throws {
    let foreign = try folder.write([0x6D, 0x61, 0x72, 0x79, 0x20, 0x93], to: "a.txt")
    try folder.write([0x6D, 0], to: "b.bin")
    try folder.write("the old river".utf8, to: "c.txt")
    let text = try background([folder.path])
    #expect(
      text.notes.contains(DataNote("\(foreign) is not UTF-8 and was read as Windows-1252.")))
    #expect(text.notes.contains { $0.description.contains("b.bin has NUL bytes") })
    #expect(text.evaluation.tokenIDs == SmallVocabulary.ids("the old river"))
  }

  @Test func `generated text is deterministic, known to its vocabulary and differs by split`()
    throws
  {
    let tokenizer = try SmallVocabulary.tokenizer()
    let text = try BackgroundText(generatedFrom: 1, tokenizer: tokenizer, tokenCount: 500)
    let again = try BackgroundText(generatedFrom: 1, tokenizer: tokenizer, tokenCount: 500)
    let other = try BackgroundText(generatedFrom: 2, tokenizer: tokenizer, tokenCount: 500)
    #expect(text.training == again.training && text.evaluation == again.evaluation)
    #expect(text.training != other.training && text.training != text.evaluation)
    #expect(text.training.count >= 500 && text.evaluation.count >= 500)
    #expect(!text.training.tokenIDs.contains(tokenizer.specialTokens.unknown))
    #expect(text.fingerprint == again.fingerprint && text.fingerprint != other.fingerprint)
  }

  @Test func `generated text warns of a vocabulary that knows only part of it`() throws {
    let tokens = SmallVocabulary.tokens.filter { $0 != "the" }
    let tokenizer = try Tokenizer(
      vocabulary: WordPieceVocabulary(tokens: tokens, file: "vocabulary"),
      settings: WordPieceSettings(lowercases: true))
    let text = try BackgroundText(generatedFrom: 1, tokenizer: tokenizer, tokenCount: 500)
    #expect(text.notes.map(\.isWarning) == [false, true])
  }

  @Test func `generated text never names a person or a place of the tasks`() {
    let forbidden = MovementTask.names.map { $0.lowercased() } + MovementTask.places
    #expect(Set(GeneratedText.words).isDisjoint(with: forbidden))
    var text = GeneratedText(seed: 3, split: .training)
    let words = Set(
      (0..<50).map { _ in text.paragraph() }.joined(separator: " ").lowercased()
        .split { !$0.isLetter }.map(String.init))
    #expect(words.isSubset(of: GeneratedText.words))
    #expect(words.count > 100)
  }
}
