import TensorStorage
import Testing
import Tokenizers

struct TextDecoderTests {
  @Test func `UTF-8 is taken for UTF-8`() {
    let (text, encoding) = TextDecoder.decode(Array("naïve – 😀".utf8))
    #expect(text == "naïve – 😀" && encoding == .utf8)
    #expect(TextDecoder.decode([UInt8]()) == ("", .utf8))
  }

  @Test func `a byte order mark is left out`() {
    #expect(TextDecoder.decode([0xEF, 0xBB, 0xBF, 0x61]) == ("a", .utf8))
  }

  @Test func `other bytes are taken for Windows-1252`() {
    let bytes: [UInt8] = [0x93, 0x63, 0x61, 0x66, 0xE9, 0x94, 0x20, 0x96, 0x20, 0x80, 0x39, 0xFF]
    let (text, encoding) = TextDecoder.decode(bytes)
    #expect(text == "“café” – €9ÿ" && encoding == .windows1252)
  }

  @Test func `every byte of Windows-1252 becomes one character`() {
    // Led by a byte that no UTF-8 holds.
    let (text, encoding) = TextDecoder.decode([0xFF] + Array(0...255))
    #expect(encoding == .windows1252)
    #expect(text.unicodeScalars.count == 257)
    #expect(Set(text.unicodeScalars).count == 256)
  }

  @Test(
    arguments: [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3]] as [[UInt8]])
  func `almost UTF-8 is not UTF-8`(_ bytes: [UInt8]) {
    #expect(TextDecoder.decode(bytes).encoding == .windows1252)
  }

  @Test func `a missing file is an error`() {
    #expect(throws: FileError.self) { try TextDecoder.decodeFile("/nonexistent/a.txt") }
  }
}
