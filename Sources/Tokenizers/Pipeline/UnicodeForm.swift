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
  /// Foundation's tables are newer than the reference's: a character that came to Unicode after
  /// version 9 may be taken apart here and not there.
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
        output += normalize(String(decoding: piece, as: UTF8.self)).utf8
      }
      start = end
    }
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
