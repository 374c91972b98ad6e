/// The letters by which byte-level vocabularies spell bytes: printable characters of Latin-1 stand for
/// themselves, the other bytes for the characters from U+0100 on, in order.
///
/// Source: `bytes_to_unicode` of GPT-2's encoder.
enum ByteAlphabet {
  /// The letter of each byte.
  static let letters: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (0...255 as ClosedRange<UInt32>).map { byte in
      let isPrintable = 0x21...0x7E ~= byte || 0xA1...0xAC ~= byte || 0xAE...0xFF ~= byte
      defer { if !isPrintable { next += 1 } }
      return Unicode.Scalar(isPrintable ? byte : next) ?? "?"
    }
  }()

  private static let bytes: [UInt8?] = {
    var bytes = [UInt8?](repeating: nil, count: 0x150)
    for (byte, letter) in letters.enumerated() { bytes[Int(letter.value)] = UInt8(byte) }
    return bytes
  }()

  /// The bytes that a piece spells; `nil` when it has another character, as special tokens may.
  static func bytes(of token: String) -> [UInt8]? {
    var result: [UInt8] = []
    for scalar in token.unicodeScalars {
      guard scalar.value < bytes.count, let byte = bytes[Int(scalar.value)] else { return nil }
      result.append(byte)
    }
    return result
  }
}
