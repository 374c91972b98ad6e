import JSON
import TestSupport
import Testing

@testable import Tokenizers

/// The ids of Hugging Face's tokenizers on awkward strings (Tests/Fixtures/generate_subword.py).
struct SubwordGoldenTests {
  private static let folders = [
    "roberta", "roberta-prefix", "roberta-files", "holes", "xlm-roberta", "metaspace", "albert",
    "forms",
  ]

  private var strings: [String] {
    get throws { try SubwordFixture.array("strings.json").map { try #require($0.string) } }
  }

  @Test func `there are hundreds of strings`() throws {
    #expect(try strings.count >= 400)
  }

  @Test(arguments: folders)
  func `gives the reference's ids on every string`(_ folder: String) throws {
    let tokenizer = try SubwordFixture.tokenizer(folder)
    let rows = try SubwordFixture.array("\(folder)/ids.json")
    let strings = try strings
    try #require(rows.count == strings.count)
    for (string, row) in zip(strings, rows) {
      let ids = try #require(row.array).map { Int32(try #require($0.integer)) }
      #expect(
        tokenizer.encode(string) == ids,
        "\(string.prefix(60).unicodeScalars.map { String($0.value, radix: 16) })")
    }
  }

  @Test(arguments: folders)
  func `cutting a text where it may be cut never changes its ids`(_ folder: String) throws {
    let tokenizer = try SubwordFixture.tokenizer(folder)
    // A token that takes the space behind it along reaches across a cut.
    guard folder != "forms" else {
      #expect(!tokenizer.encodesPartwise)
      return
    }
    #expect(tokenizer.encodesPartwise)
    let text = try strings.joined(separator: " ")
    let whole = tokenizer.encode(text)
    let bytes = Array(text.utf8)
    for partByteCount in [17, 256, 5000] {
      var ids: [Int32] = []
      var (start, partCount) = (0, 0)
      while start < bytes.count {
        var size = partByteCount
        var end = bytes.count
        while start + size < bytes.count {
          let window = Array(bytes[start..<start + size])
          if let count = tokenizer.partByteCount(of: window, in: .utf8) {
            end = start + count
            break
          }
          size *= 2
        }
        ids += tokenizer.encode(String(decoding: bytes[start..<end], as: UTF8.self))
        (start, partCount) = (end, partCount + 1)
      }
      #expect(ids == whole, "parts of \(partByteCount)")
      #expect(partCount > bytes.count / partByteCount / 8)
    }
  }
}

/// Folders beside the script that wrote them.
enum SubwordFixture {
  static func path(_ name: String) -> String { Fixtures.path("subword/\(name)") }

  static func tokenizer(_ name: String) throws -> Tokenizer {
    try #require(try Tokenizer.load(folder: path(name)))
  }

  /// A file that holds an array.
  static func array(_ name: String) throws -> [JSONValue] {
    try #require(try JSONValue(contentsOf: path(name), maximumByteCount: 1 << 20).array)
  }

  /// The parsed tokenizer.json of a folder.
  static func json(_ name: String) throws -> JSONObject {
    try #require(
      try JSONValue(contentsOf: path("\(name)/tokenizer.json"), maximumByteCount: 1 << 20).object)
  }
}
