/// GPT-2's cutting of text into words, without a regular expression: endings behind an apostrophe;
/// letters, numbers or other characters, each with the space in front of them; white space.
///
/// The pattern is `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`: of
/// white space before a word the last character is left over, to be the word's if it is a space.
///
/// Source: `ByteLevel` of Hugging Face's tokenizers; Radford et al. 2019, section 2.2.
enum ByteLevelSplitter {
  /// Calls `body` with each word, in one pass.
  static func forEachWord(
    in text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    let ascii = PipelineCharacters.ascii
    ascii.withUnsafeBufferPointer { ascii in
      var start = 0
      while start < text.count {
        let end = wordEnd(in: text, from: start, ascii)
        body(UnsafeBufferPointer(rebasing: text[start..<end]))
        start = end
      }
    }
  }

  private typealias Classes = UnsafeBufferPointer<PipelineCharacterClass>

  private static func wordEnd(
    in text: UnsafeBufferPointer<UInt8>, from start: Int, _ ascii: Classes
  ) -> Int {
    if text[start] == UInt8(ascii: "'"), let end = contractionEnd(in: text, from: start) {
      return end
    }
    var position = start
    var kind = nextKind(in: text, &position, ascii)
    if kind == .whitespace {
      if text[start] == 0x20, position < text.count {
        var next = position
        let follower = nextKind(in: text, &next, ascii)
        if follower != .whitespace {
          kind = follower
          position = next
        }
      }
      if kind == .whitespace { return whitespaceEnd(in: text, from: start, ascii) }
    }
    while position < text.count {
      var next = position
      guard nextKind(in: text, &next, ascii) == kind else { break }
      position = next
    }
    return position
  }

  /// White space to its end where the text ends, else without its last character unless it is alone.
  private static func whitespaceEnd(
    in text: UnsafeBufferPointer<UInt8>, from start: Int, _ ascii: Classes
  ) -> Int {
    var last = start
    var position = start
    while position < text.count {
      var next = position
      guard nextKind(in: text, &next, ascii) == .whitespace else {
        return last > start ? last : position
      }
      last = position
      position = next
    }
    return position
  }

  /// The class that decides, empty for anything but letters, numbers and white space.
  private static func nextKind(
    in text: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ ascii: Classes
  ) -> PipelineCharacterClass {
    let characterClass: PipelineCharacterClass
    if text[position] < 0x80 {
      characterClass = ascii[Int(text[position])]
      position += 1
    } else {
      characterClass = PipelineCharacters.standard.class(of: UTF8Scalar.decode(text, at: &position))
    }
    return characterClass.intersection([.letter, .number, .whitespace])
  }

  private static func contractionEnd(
    in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int? {
    func byte(_ offset: Int) -> UInt8 { start + offset < text.count ? text[start + offset] : 0 }
    switch (byte(1), byte(2)) {
    case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _),
      (UInt8(ascii: "d"), _):
      return start + 2
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return start + 3
    default: return nil
    }
  }
}
