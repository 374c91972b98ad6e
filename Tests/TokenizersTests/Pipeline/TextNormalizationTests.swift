import Testing

@testable import Tokenizers

/// What each step makes of a text; the goldens compare whole pipelines with the reference.
struct TextNormalizationTests {
  private func normalize(_ text: String, _ steps: NormalizationStep...) -> [UInt32] {
    TextNormalization(steps).normalize(text).unicodeScalars.map(\.value)
  }

  private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

  @Test func `steps follow each other`() {
    #expect(
      normalize(
        "``Á''  b ", .replace("``", with: "\""), .replace("''", with: "\""),
        .unicode(.nfkd), .stripAccents, .lowercase, .collapseSpaces, .strip(left: true, right: true)
      )
        == scalars("\"a\" b"))
    #expect(normalize("") == [])
  }

  @Test func `replaces from the left without overlap`() {
    #expect(normalize("aaaaa", .replace("aa", with: "b")) == scalars("bba"))
    #expect(normalize("éa", .replace("é", with: "")) == scalars("a"))
    #expect(normalize("a", .replace("aa", with: "b")) == scalars("a"))
  }

  @Test func `strips white space of every script at the ends that are asked for`() {
    let text = "\u{3000} a b\u{2028}\n"
    #expect(normalize(text, .strip(left: true, right: false)) == scalars("a b\u{2028}\n"))
    #expect(normalize(text, .strip(left: false, right: true)) == scalars("\u{3000} a b"))
    #expect(normalize(" \t", .strip(left: true, right: true)) == [])
    #expect(normalize(" \t", .strip(left: true, right: false)) == [])
  }

  @Test func `forms compose across clusters and leave later characters as they are`() {
    #expect(normalize("\u{FF76}\u{FF9E}", .unicode(.nfkc)) == [0x30AC])
    #expect(normalize("\u{AC00}\u{11A8}", .unicode(.nfc)) == [0xAC01])
    #expect(normalize("é ﬁ", .unicode(.nfd)) == [0x65, 0x301, 0x20, 0xFB01])
    #expect(normalize("x ﬁ\u{301}", .unicode(.nfkd)) == [0x78, 0x20, 0x66, 0x69, 0x301])
    #expect(normalize("é\u{1F16C}é", .unicode(.nfkd)) == [0x65, 0x301, 0x1F16C, 0x65, 0x301])
  }

  @Test func `lowers characters by themselves`() {
    #expect(normalize("ΟΔΟΣ İ ẞ", .lowercase) == scalars("οδοσ i\u{307} ß"))
  }
}
