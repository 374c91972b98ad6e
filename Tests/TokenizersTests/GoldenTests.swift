import JSON
import TestSupport
import Testing
import Tokenizers

/// The ids of Hugging Face's tokenizer on awkward strings (Tests/Fixtures/generate_tokenizer.py).
struct GoldenTests {
  private let goldens: JSONValue

  init() throws {
    goldens = try JSONValue(contentsOf: Fixture.path("goldens.json"), maximumByteCount: 1 << 24)
  }

  private func strings(_ name: String) throws -> [String] {
    try #require(goldens[name]?.array).map { try #require($0.string) }
  }

  private func expect(
    _ tokenizer: WordPieceTokenizer, gives name: String, on strings: [String]
  ) throws {
    let rows = try #require(goldens["ids"]?[name]?.array)
    try #require(rows.count == strings.count)
    for (string, row) in zip(strings, rows) {
      let ids = try #require(row.array).map { Int32(try #require($0.integer)) }
      #expect(
        tokenizer.encode(string) == ids,
        "\(name): \(string.prefix(80).unicodeScalars.map { String($0.value, radix: 16) })")
    }
  }

  @Test func `there are at least three hundred strings`() throws {
    #expect(try strings("strings").count >= 300)
  }

  @Test(arguments: ["cased", "uncased"])
  func `normalises every string as the reference`(_ name: String) throws {
    let tokenizer = try Fixture.tokenizer(name)
    let normalizer = BERTNormalizer(tokenizer.settings)
    for (string, expected) in zip(try strings("strings"), try strings("\(name), normalized")) {
      let normalized = normalizer.normalize(string)
      #expect(Array(normalized.utf8) == Array(expected.utf8), "\(string)")
    }
  }

  @Test(arguments: ["cased", "uncased"])
  func `gives the reference's ids with the folder's settings`(_ name: String) throws {
    try expect(Fixture.tokenizer(name), gives: name, on: strings("strings"))
  }

  @Test func `gives the reference's ids with settings unlike BERT's own`() throws {
    let cased = try Fixture.tokenizer("cased").vocabulary
    let uncased = try Fixture.tokenizer("uncased").vocabulary
    let strings = try strings("strings")
    try expect(
      WordPieceTokenizer(
        vocabulary: cased, settings: WordPieceSettings(lowercases: false, stripsAccents: true)),
      gives: "cased, accents stripped", on: strings)
    try expect(
      WordPieceTokenizer(
        vocabulary: uncased, settings: WordPieceSettings(lowercases: true, stripsAccents: false)),
      gives: "uncased, accents kept", on: strings)
    try expect(
      WordPieceTokenizer(
        vocabulary: uncased,
        settings: WordPieceSettings(lowercases: true, splitsChineseCharacters: false)),
      gives: "uncased, ideographs joined", on: strings)
  }

  @Test func `finds added tokens as the reference`() throws {
    try expect(Fixture.tokenizer("added"), gives: "added", on: strings("added strings"))
  }
}

/// Files beside the script that wrote them.
enum Fixture {
  static func path(_ name: String) -> String { Fixtures.path("tokenizer/\(name)") }

  static func tokenizer(_ name: String) throws -> WordPieceTokenizer {
    try #require(try Tokenizer.load(folder: path(name))?.wordPiece)
  }
}
