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
  /// Where a space belongs to the word behind it, a piece without one does; tokens with a role and
  /// white space do not.
  package func continuesWord(_ id: Int32) -> Bool {
    guard let first = text(of: id).first, !isLiteral(id) else { return false }
    return !(first <= 0x20)
  }

  /// A piece as a person reads it, without the space in front.
  package func display(_ id: Int32) -> String {
    let bytes = text(of: id)
    return String(decoding: bytes.first == 0x20 ? bytes.dropFirst() : bytes[...], as: UTF8.self)
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
