/// SentencePiece's cutting of text into words.
///
/// Source: `Metaspace` and `WhitespaceSplit` of Hugging Face's tokenizers.
struct MetaspaceSplitter {
  private let mark: [UInt8]

  init(mark: Unicode.Scalar) { self.mark = Array(String(mark).utf8) }

  /// Calls `body` with what stands between white space.
  func forEachRun(
    in text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    var start = 0
    var position = 0
    while position < text.count {
      let first = position
      let isWhitespace: Bool
      if text[position] < 0x80 {
        let byte = text[position]
        isWhitespace = byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
        position += 1
      } else {
        isWhitespace = PipelineCharacters.standard
          .class(of: UTF8Scalar.decode(text, at: &position)).contains(.whitespace)
      }
      guard isWhitespace else { continue }
      if first > start { body(UnsafeBufferPointer(rebasing: text[start..<first])) }
      start = position
    }
    if start < text.count { body(UnsafeBufferPointer(rebasing: text[start...])) }
  }

  /// Puts marks in the places of spaces, and one in front where asked, and calls `body` with each
  /// word: a mark and what follows it.
  func forEachWord(
    in text: UnsafeBufferPointer<UInt8>, hasPrefix: Bool, scratch: inout [UInt8],
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    scratch.removeAll(keepingCapacity: true)
    if hasPrefix, text[0] != 0x20, !text.starts(with: mark) { scratch += mark }
    for byte in text {
      if byte == 0x20 { scratch += mark } else { scratch.append(byte) }
    }
    scratch.withUnsafeBufferPointer { text in
      var start = 0
      var position = 1
      while position < text.count {
        if text[position] == mark[0], text.count - position >= mark.count,
          text[position..<position + mark.count].elementsEqual(mark)
        {
          body(UnsafeBufferPointer(rebasing: text[start..<position]))
          start = position
        }
        position += 1
      }
      body(UnsafeBufferPointer(rebasing: text[start...]))
    }
  }
}
