/// SentencePiece's compiled map of characters to what takes their place, such as `nmt_nfkc`.
///
/// The bytes are a 32-bit length, a trie of that many bytes (a double array of 32-bit units), and the
/// replacements, each ended by a zero byte. Reading walks the whole trie once, so that nothing in it
/// can lead outside, in circles or to a replacement that is not UTF-8.
///
/// Source: the layout that SentencePiece writes (`normalizer.cc`) and darts-clone's units.
package struct CharacterMap: Sendable {
  /// The map as it was read.
  package let bytes: [UInt8]
  /// The keys; each one's number is a place in ``spans``.
  private let keys: ByteTrie
  /// Where the replacements lie in ``bytes``.
  private let spans: [Range<Int>]
  /// Whether a key begins with each byte.
  private let beginsKey: [Bool]

  /// The longest key and the longest replacement that are accepted, in bytes.
  package static let longestByteCount = 256
  /// The largest map that is accepted, in bytes; SentencePiece's own have a quarter of a million.
  package static let largestByteCount = 16 << 20

  /// Reads a map.
  ///
  /// - Throws: ``TokenizerError/characterMap(_:file:)`` with the rule that is broken.
  package init(bytes: [UInt8], file: String) throws(TokenizerError) {
    guard bytes.count <= Self.largestByteCount else {
      throw .characterMap(.tooLarge(byteCount: bytes.count), file: file)
    }
    var walk = try CharacterMapWalk(bytes, file: file)
    try walk.run()
    let keys = walk.keys
    self.bytes = bytes
    self.keys = keys
    spans = walk.spans
    beginsKey = (0..<256).map { keys.canBegin(with: UInt8($0)) }
  }

  /// Appends the text with every character, or short grapheme cluster, replaced that the map has.
  ///
  /// A cluster of fewer than six bytes becomes what its shortest prefix in the map does, the rest of
  /// it goes: that is how the reference reads these maps, and its vocabularies were made so.
  func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
    output.reserveCapacity(output.count + text.count)
    var position = 0
    while position < text.count {
      let byte = text[position]
      // Nothing but a carriage return and a mark behind it joins an ASCII character to the next.
      if byte < 0x80, byte != 0x0D, position + 1 == text.count || text[position + 1] < 0x80 {
        if beginsKey[Int(byte)] {
          append(text, position..<position + 1, to: &output)
        } else {
          output.append(byte)
        }
        position += 1
        continue
      }
      let end = GraphemeCluster.end(in: text, from: position)
      if end - position < 6,
        let key = keys.shortestMatch(in: text, position..<end)
      {
        output += bytes[spans[Int(key)]]
        position = end
      }
      while position < end {
        let start = position
        _ = UTF8Scalar.decode(text, at: &position)
        append(text, start..<position, to: &output)
      }
    }
  }

  /// Appends what one character becomes.
  private func append(
    _ text: UnsafeBufferPointer<UInt8>, _ character: Range<Int>, to output: inout [UInt8]
  ) {
    if let key = keys.shortestMatch(in: text, character) {
      output += bytes[spans[Int(key)]]
    } else {
      for position in character { output.append(text[position]) }
    }
  }
}

extension CharacterMap: Hashable {
  /// Whether both were read from the same bytes.
  package static func == (left: CharacterMap, right: CharacterMap) -> Bool {
    left.bytes == right.bytes
  }

  /// Hashes what equality compares.
  package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
