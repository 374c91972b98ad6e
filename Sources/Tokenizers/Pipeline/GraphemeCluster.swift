/// Grapheme clusters, as far as a character map looks at them: it treats clusters of fewer than six
/// bytes as a whole and longer ones character by character.
///
/// The rules for marks, prefixed signs, controls and Hangul are those of the standard. Chains of emoji
/// and Indic conjuncts are not followed: they have six bytes and more, and their parts are looked up
/// one by one either way.
///
/// Source: Unicode Standard Annex 29, section 3.1.1.
enum GraphemeCluster {
  /// Where the cluster ends that begins at `start`, which must lie inside well-formed UTF-8.
  static func end(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let characters = PipelineCharacters.standard
    var end = start
    var scalar = UTF8Scalar.decode(bytes, at: &end)
    if scalar == 0x0D, end < bytes.count, bytes[end] == 0x0A { return end + 1 }
    while end < bytes.count {
      // An ASCII character begins a cluster unless a prefixed sign stands in front.
      if bytes[end] < 0x80, scalar < 0x600 { return end }
      let current = characters.class(of: scalar)
      if current.contains(.alone) { return end }
      var next = end
      let nextScalar = UTF8Scalar.decode(bytes, at: &next)
      let follower = characters.class(of: nextScalar)
      let joins =
        follower.contains(.joining)
        || (current.contains(.leading) && !follower.contains(.alone))
        || joinsHangul(scalar, nextScalar)
      guard joins else { return end }
      (scalar, end) = (nextScalar, next)
    }
    return end
  }

  private enum HangulPart { case leading, vowel, trailing, open, closed }

  private static func part(_ scalar: UInt32) -> HangulPart? {
    switch scalar {
    case 0x1100...0x115F, 0xA960...0xA97C: .leading
    case 0x1160...0x11A7, 0xD7B0...0xD7C6: .vowel
    case 0x11A8...0x11FF, 0xD7CB...0xD7FB: .trailing
    case 0xAC00...0xD7A3: (scalar - 0xAC00) % 28 == 0 ? .open : .closed
    default: nil
    }
  }

  private static func joinsHangul(_ left: UInt32, _ right: UInt32) -> Bool {
    guard left >= 0x1100, right >= 0x1100 else { return false }
    return switch (part(left), part(right)) {
    case (.leading, .leading), (.leading, .vowel), (.leading, .open), (.leading, .closed): true
    case (.open, .vowel), (.open, .trailing), (.vowel, .vowel), (.vowel, .trailing): true
    case (.closed, .trailing), (.trailing, .trailing): true
    default: false
    }
  }
}
