import Foundation
import TensorStorage
import TestSupport
import Testing
import Tokenizers
import WeightFile

@testable import rmt

@Suite("A document's text in parts")
struct DocumentTextTests {
  private let folder: TemporaryFolder
  private static let words = [
    "garden", "gardens", "Café", "naïve", "[SEP]", "[MASK]", "[CLS]", "日本語", "don't", "x-y", "☃",
    "\u{FEFF}memory", "e\u{301}tude", "end.", "\u{A0}", "\r\n", "\t", "a\u{0}b",
  ]

  init() throws { folder = try TemporaryFolder() }

  private func tokenizer(adding literal: String? = nil) throws -> Tokenizer {
    let tokens =
      [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", "'", "-", "garden", "##s", "cafe",
        "naive",
      ]
      + ["日", "本", "語", "don", "t", "x", "y", "memory", "etude", "end", "ab", "new", "york"]
    return try Tokenizer(
      vocabulary: WordPieceVocabulary(tokens: tokens + [literal].compactMap { $0 }, file: "test"),
      settings: WordPieceSettings(
        lowercases: true,
        addedTokens: literal.map { [AddedToken(content: $0, isNormalized: false)] } ?? []))
  }

  /// Words in an order that repeats late, so that parts end behind every one of them.
  private func prose(wordCount: Int) -> String {
    (0..<wordCount).map { Self.words[($0 * 7 + $0 / 31) % Self.words.count] }
      .joined(separator: " ")
  }

  private func read(
    _ bytes: some Sequence<UInt8>, _ tokenizer: Tokenizer
  ) throws -> DocumentText {
    let file = try RandomAccessFile(path: folder.write(bytes, to: "text"))
    return try DocumentText(file, name: "text", tokenizer: tokenizer)
  }

  private func tokens(_ text: DocumentText, from start: Int, by count: Int) throws -> [Int32] {
    var source = DocumentTokens(text, from: start)
    var ids: [Int32] = []
    for first in stride(from: start, to: text.tokenCount, by: count) {
      ids += try source.next(min(count, text.tokenCount - first))
    }
    return ids
  }

  @Test func `parts have the tokens of the whole, from any place on`() throws {
    let (tokenizer, prose) = (try tokenizer(), prose(wordCount: 60_000))
    let text = try read(prose.utf8, tokenizer)
    let whole = tokenizer.encodeDocument(prose)
    #expect(text.encoding == .utf8)
    #expect(text.tokenCount == whole.count)
    #expect(text.parts.count > 5)
    #expect(text.parts.allSatisfy { $0.bytes.count <= DocumentText.partByteCount })
    #expect(try text.checksum == Checksum(ofFile: folder.path("text")))
    for (start, count) in [(0, 499), (0, whole.count), (1, 7000), (whole.count - 3, 2)] {
      #expect(try tokens(text, from: start, by: count) == Array(whole[start...]), "from \(start)")
    }
    let boundary = text.parts[2].tokens.lowerBound
    #expect(try tokens(text, from: boundary, by: 499) == Array(whole[boundary...]))
    var none = DocumentTokens(text, from: whole.count)
    #expect(try none.next(0).isEmpty)
  }

  @Test func `one byte that is no UTF-8 makes the whole text Windows-1252`() throws {
    let tokenizer = try tokenizer()
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = mark + Array(prose(wordCount: 20_000).utf8) + [0x20, 0xE9, 0x20]
    let text = try read(bytes, tokenizer)
    #expect(text.encoding == .windows1252 && text.parts.count > 1)
    let whole = tokenizer.encodeDocument(TextDecoder.decode(bytes).text)
    #expect(try tokens(text, from: 0, by: 499) == whole)
    let marked = try read(bytes.dropLast(3), tokenizer)
    #expect(marked.encoding == .utf8)
    #expect(
      try tokens(marked, from: 0, by: 499)
        == tokenizer.encodeDocument(TextDecoder.decode(bytes.dropLast(3)).text))
  }

  @Test func `a text without a space is one part, and so is one with literals that have spaces`()
    throws
  {
    let tokenizer = try tokenizer()
    let characters = String(repeating: "日本語", count: 20_000)
    let ideographs = try read("garden \(characters) end".utf8, tokenizer)
    #expect(ideographs.parts.map(\.tokens) == [0..<1, 1..<60_002])
    let literal = try self.tokenizer(adding: "new york")
    let prose = String(repeating: "new york end. ", count: 10_000)
    let text = try read(prose.utf8, literal)
    #expect(text.parts.count == 1)
    #expect(try tokens(text, from: 0, by: 30_000) == literal.encodeDocument(prose))
  }

  @Test func `a file that changes while it is read is an error`() throws {
    let text = try read(prose(wordCount: 60_000).utf8, tokenizer())
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path("text")))
    try handle.seek(toOffset: UInt64(text.parts[3].bytes.lowerBound))
    try handle.write(contentsOf: Array("Z".utf8))
    try handle.close()
    var source = DocumentTokens(text, from: 0)
    _ = try source.next(text.parts[3].tokens.lowerBound)
    let error = #expect(throws: CommandError.self) { try source.next(1) }
    #expect(error?.place == "text" && error?.problem.contains("changed") == true)
  }

  @Test func `a pipe is read like a file`() throws {
    try folder.attachTinyMemory()
    try folder.write(prose(wordCount: 2000), to: "long.txt")
    let file = try folder.succeed("run", "memory.rmtw", "long.txt", "--json").json
    let pipe = try CommandRun(
      shell: "cat long.txt | \"$RMT\" run memory.rmtw - --json", in: folder)
    #expect(pipe.exitCode == 0, "\(pipe.errors)")
    #expect(try pipe.json["logits"] == file["logits"])
    #expect(try pipe.json["tokens"] == file["tokens"])
    let full = try CommandRun(
      shell: "cat long.txt | TMPDIR=/nonexistent \"$RMT\" run memory.rmtw -", in: folder)
    #expect(full.exitCode != 0 && full.errors.contains("/nonexistent"), "\(full.errors)")
  }
}
