import TensorStorage
import TestSupport
import Testing
import Tokenizers

@testable import rmt

/// A document in parts, with tokenizers that mark the beginnings of words.
@Suite struct SubwordDocumentTests {
  private static let words = [
    "Mary", "moved", "it's", "naïve", "<mask>", "日本語", "e\u{301}tude", "end.", "\u{A0}x", "\r\n",
    "\t12", "…", "привет", "``so''", "\u{200B}",
  ]

  private var prose: String {
    (0..<30_000).map { Self.words[($0 * 7 + $0 / 31) % Self.words.count] }.joined(separator: " ")
  }

  @Test(arguments: ["roberta", "roberta-prefix", "xlm-roberta", "metaspace", "albert"])
  func `parts have the tokens of the whole, from any place on`(_ name: String) throws {
    let tokenizer = try #require(try Tokenizer.load(folder: Fixtures.path("subword/\(name)")))
    let folder = try TemporaryFolder()
    let prose = prose
    let file = try RandomAccessFile(path: folder.write(prose, to: "text"))
    let text = try DocumentText(file, name: "text", tokenizer: tokenizer)
    let whole = tokenizer.encodeDocument(prose)
    #expect(text.parts.count > 2 && text.tokenCount == whole.count)
    for start in [0, 1, whole.count / 2] {
      var tokens = DocumentTokens(text, from: start)
      #expect(try tokens.next(whole.count - start) == whole[start...])
    }
  }

  @Test func `bytes of Windows-1252 are parted behind characters, not behind their spaces`() throws
  {
    let tokenizer = try #require(try Tokenizer.load(folder: Fixtures.path("subword/roberta")))
    let folder = try TemporaryFolder()
    // "é" and a no-break space, each of one byte, in front of spaces.
    let bytes = (0..<20_000).flatMap {
      $0 % 3 == 0 ? [0xE9, 0x20] : [0x61, 0xA0, 0x20, 0x62, 0x20] as [UInt8]
    }
    let file = try RandomAccessFile(path: folder.write(bytes, to: "text"))
    let text = try DocumentText(file, name: "text", tokenizer: tokenizer)
    let whole = tokenizer.encodeDocument(TextDecoder.decode(bytes).text)
    #expect(text.encoding == .windows1252 && text.parts.count > 1)
    var tokens = DocumentTokens(text, from: 0)
    #expect(text.tokenCount == whole.count)
    #expect(try tokens.next(whole.count) == whole[...])
  }
}
