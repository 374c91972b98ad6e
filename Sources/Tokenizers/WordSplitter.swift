/// BERT's cutting of normalised text into words: at whitespace, and around each punctuation mark.
///
/// Source: `BertPreTokenizer` of Hugging Face's tokenizers.
enum WordSplitter {
  /// Calls `body` with the byte range and the number of characters of each word, in one pass.
  static func forEachWord(
    in bytes: UnsafeBufferPointer<UInt8>,
    _ body: (_ range: Range<Int>, _ characterCount: Int) throws -> Void
  ) rethrows {
    let properties = CharacterProperties.standard
    let asciiClasses = asciiClasses
    var start = 0
    var characterCount = 0
    var position = 0
    while position < bytes.count {
      let characterStart = position
      let characterClass: CharacterClass
      if bytes[position] < 0x80 {
        characterClass = asciiClasses[Int(bytes[position])]
        position += 1
      } else {
        characterClass = properties.class(of: UTF8Scalar.decode(bytes, at: &position))
      }
      if characterClass.isDisjoint(with: [.whitespace, .punctuation]) {
        characterCount += 1
        continue
      }
      if characterCount > 0 { try body(start..<characterStart, characterCount) }
      if characterClass.contains(.punctuation) { try body(characterStart..<position, 1) }
      start = position
      characterCount = 0
    }
    if characterCount > 0 { try body(start..<position, characterCount) }
  }

  private static let asciiClasses = (0..<128).map {
    CharacterProperties.standard.class(of: UInt32($0))
  }
}
