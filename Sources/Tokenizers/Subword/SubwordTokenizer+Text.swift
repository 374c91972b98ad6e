extension SubwordTokenizer {
  /// The text of ids; tokens with a role are spelt out, ids outside the vocabulary left out.
  package func decode(_ ids: some Sequence<Int32>) -> String {
    var bytes: [UInt8] = []
    for id in ids { bytes += text(of: id) }
    if case .metaspace = settings.preTokenization, bytes.first == 0x20 { bytes.removeFirst() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether a piece goes on with the word of the piece in front of it.
  ///
  /// Where a space belongs to the word behind it, a piece without one does; literal tokens, white space
  /// and marks of punctuation do not.
  package func continuesWord(_ id: Int32) -> Bool {
    let bytes = text(of: id)
    guard let first = bytes.first, first > 0x20, !isLiteral(id) else { return false }
    return bytes.contains { $0 >= 0x80 || !Unicode.Scalar($0).isPunctuation }
  }

  /// Pieces as a person reads them: words without the space in front, and `prefix` before what goes on
  /// with one.
  package func display(_ ids: some Sequence<Int32>, prefix: String) -> [String] {
    var isInWord = false
    return ids.map { id in
      let bytes = text(of: id)
      let continues = isInWord && continuesWord(id)
      isInWord = !isLiteral(id) && (bytes.last ?? 0x20) > 0x20
      let piece = bytes.first == 0x20 ? bytes.dropFirst() : bytes[...]
      return (continues ? prefix : "") + String(decoding: piece, as: UTF8.self)
    }
  }

  /// Whether an id is that of a token which is found as it is spelt.
  private func isLiteral(_ id: Int32) -> Bool {
    let token = vocabulary.tokens[Int(id)]
    return settings.literals.contains { $0.content.utf8.elementsEqual(token.utf8) }
  }

  /// The bytes that a piece stands for, the mark of a space as a space; none outside the vocabulary.
  private func text(of id: Int32) -> [UInt8] {
    guard vocabulary.tokens.indices.contains(Int(id)) else { return [] }
    let token = vocabulary.tokens[Int(id)]
    switch settings.preTokenization {
    case .byteLevel:
      return isLiteral(id) ? Array(token.utf8) : ByteAlphabet.bytes(of: token) ?? Array(token.utf8)
    case .metaspace(let mark, _, _):
      var bytes: [UInt8] = []
      for scalar in token.unicodeScalars {
        UTF8Scalar.append(scalar == mark ? 0x20 : scalar.value, to: &bytes)
      }
      return bytes
    }
  }
}

extension Unicode.Scalar {
  /// Whether an ASCII character is printable and neither letter nor digit.
  fileprivate var isPunctuation: Bool {
    switch value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: false
    default: value > 0x20 && value < 0x7F
    }
  }
}
