import Foundation

/// A normalisation form of Unicode.
package enum UnicodeForm: String, Sendable, Hashable, CaseIterable {
  /// Canonical composition.
  case nfc = "NFC"
  /// Canonical decomposition.
  case nfd = "NFD"
  /// Compatibility composition.
  case nfkc = "NFKC"
  /// Compatibility decomposition.
  case nfkd = "NFKD"

  /// Appends the normalised form of well-formed UTF-8; ASCII is its own.
  ///
  /// Foundation's tables are newer than the reference's, whose Unicode does not know the characters of
  /// ``laterCharacters``: they stay as they are.
  func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
    if text.allSatisfy({ $0 < 0x80 }) {
      output += text
      return
    }
    // Spaces are normalised by themselves and stay: pieces between them keep the copies small.
    var start = 0
    while start < text.count {
      var end = start
      var isASCII = true
      while end < text.count, text[end] != 0x20 {
        if text[end] >= 0x80 { isASCII = false }
        end += 1
      }
      // The space goes with what follows it: a mark behind a space belongs to the space.
      if end == start { end += 1 }
      while end < text.count, text[end] != 0x20 {
        if text[end] >= 0x80 { isASCII = false }
        end += 1
      }
      let piece = UnsafeBufferPointer(rebasing: text[start..<end])
      if isASCII {
        output += piece
      } else {
        normalizeAround(piece, into: &output)
      }
      start = end
    }
  }

  /// Characters with a decomposition that came to Unicode later than the reference's tables.
  private static let laterCharacters: [ClosedRange<UInt32>] = [
    0x32FF...0x32FF, 0xA7F2...0xA7F4, 0xAB69...0xAB69, 0x10781...0x10785, 0x10787...0x107B0,
    0x107B2...0x107BA, 0x11938...0x11938, 0x1E030...0x1E06D, 0x1F16C...0x1F16C, 0x1FBF0...0x1FBF9,
  ]

  /// Normalises what stands between later characters.
  private func normalizeAround(_ text: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
    var start = 0
    var position = 0
    func flush(to end: Int) {
      guard start < end else { return }
      output += normalize(String(decoding: text[start..<end], as: UTF8.self)).utf8
    }
    while position < text.count {
      let first = position
      let scalar = UTF8Scalar.decode(text, at: &position)
      guard scalar >= 0x32FF, Self.laterCharacters.contains(where: { $0.contains(scalar) }) else {
        continue
      }
      flush(to: first)
      output += text[first..<position]
      start = position
    }
    flush(to: text.count)
  }

  private func normalize(_ text: String) -> String {
    // Composed forms are made in two steps: in one, Foundation leaves Hangul and kana apart whose parts
    // stand in two grapheme clusters.
    switch self {
    case .nfd: text.decomposedStringWithCanonicalMapping
    case .nfkd: text.decomposedStringWithCompatibilityMapping
    case .nfc: text.decomposedStringWithCanonicalMapping.precomposedStringWithCanonicalMapping
    case .nfkc: text.decomposedStringWithCompatibilityMapping.precomposedStringWithCanonicalMapping
    }
  }
}
