/// BERT's normalisation of text, in the order of the reference: clean-up, spaces around ideographs,
/// accents stripped, lower case.
///
/// Accents are stripped by canonical decomposition (NFD) and removal of nonspacing marks, so Hangul
/// syllables come apart into letters. The lower case is that of single characters: a final sigma
/// stays σ. Marks that are kept are not reordered among themselves, which concerns 181 marks that
/// came to Unicode after version 8, and these only where several stand on one letter in an order
/// that is not canonical.
///
/// Source: `BertNormalizer` of Hugging Face's tokenizers.
package struct BERTNormalizer: Sendable {
  private let cleansText: Bool
  private let splitsChineseCharacters: Bool
  private let stripsAccents: Bool
  private let lowercases: Bool
  /// What becomes of each ASCII character; 0xFF removes it.
  private let asciiTable: [UInt8]

  /// The normalisation that the settings ask for.
  package init(_ settings: WordPieceSettings) {
    cleansText = settings.cleansText
    splitsChineseCharacters = settings.splitsChineseCharacters
    stripsAccents = settings.stripsAccents ?? settings.lowercases
    lowercases = settings.lowercases
    let properties = CharacterProperties.standard
    asciiTable = (0..<128 as Range<UInt8>).map { byte -> UInt8 in
      let characterClass = properties.class(of: UInt32(byte))
      if settings.cleansText {
        if characterClass.contains(.removed) { return 0xFF }
        if characterClass.contains(.whitespace) { return UInt8(ascii: " ") }
      }
      return settings.lowercases && characterClass.contains(.lowercases) ? byte + 32 : byte
    }
  }

  /// The normalised text; meant for short texts and tests.
  package func normalize(_ text: String) -> String {
    var text = text
    var output: [UInt8] = []
    text.withUTF8 { normalize($0, into: &output) }
    return String(decoding: output, as: UTF8.self)
  }

  /// Appends the normalised form of well-formed UTF-8, in one pass.
  func normalize(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
    output.reserveCapacity(output.count + bytes.count + bytes.count / 8)
    asciiTable.withUnsafeBufferPointer { asciiTable in
      var position = 0
      while position < bytes.count {
        let byte = bytes[position]
        if byte < 0x80 {
          position += 1
          let mapped = asciiTable[Int(byte)]
          if mapped != 0xFF { output.append(mapped) }
        } else {
          normalizeScalar(UTF8Scalar.decode(bytes, at: &position), into: &output)
        }
      }
    }
  }

  private func normalizeScalar(_ scalar: UInt32, into output: inout [UInt8]) {
    let properties = CharacterProperties.standard
    let characterClass = properties.class(of: scalar)
    if cleansText {
      if characterClass.contains(.removed) { return }
      if characterClass.contains(.whitespace) {
        output.append(UInt8(ascii: " "))
        return
      }
    }
    let isSetApart = splitsChineseCharacters && characterClass.contains(.chinese)
    if isSetApart { output.append(UInt8(ascii: " ")) }
    if stripsAccents {
      if characterClass.contains(.decomposes) {
        properties.decompose(scalar) { lowercase($0, properties.class(of: $0), into: &output) }
      } else if !characterClass.contains(.mark) {
        lowercase(scalar, characterClass, into: &output)
      }
    } else {
      lowercase(scalar, characterClass, into: &output)
    }
    if isSetApart { output.append(UInt8(ascii: " ")) }
  }

  private func lowercase(
    _ scalar: UInt32, _ characterClass: CharacterClass, into output: inout [UInt8]
  ) {
    if lowercases, characterClass.contains(.lowercases) {
      CharacterProperties.standard.lowercase(scalar) { UTF8Scalar.append($0, to: &output) }
    } else {
      UTF8Scalar.append(scalar, to: &output)
    }
  }
}
