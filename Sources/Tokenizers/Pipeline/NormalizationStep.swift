/// One step by which a tokenizer's pipeline changes text before it cuts it.
///
/// Source: the normalizers of the same names in Hugging Face's tokenizers.
package enum NormalizationStep: Sendable, Hashable {
  /// A literal string becomes another (`Replace`).
  case replace(String, with: String)
  /// Two spaces and more become one (`Replace` of the pattern ` {2,}`).
  case collapseSpaces
  /// White space at the ends goes (`Strip`).
  case strip(left: Bool, right: Bool)
  /// A form of Unicode (`NFC`, `NFD`, `NFKC`, `NFKD`).
  case unicode(UnicodeForm)
  /// Lower case, character by character (`Lowercase`).
  case lowercase
  /// Combining marks go (`StripAccents`).
  case stripAccents
  /// SentencePiece's map of characters (`Precompiled`).
  case characterMap(CharacterMap)

  /// Appends what well-formed UTF-8 becomes.
  func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
    switch self {
    case .replace(let pattern, let content): replace(pattern, with: content, in: text, &output)
    case .collapseSpaces:
      for (index, byte) in text.enumerated()
      where byte != 0x20 || index == 0 || text[index - 1] != 0x20 {
        output.append(byte)
      }
    case .strip(let left, let right): strip(text, left: left, right: right, &output)
    case .unicode(let form): form.normalize(text, into: &output)
    case .lowercase:
      let properties = CharacterProperties.standard
      forEachScalar(text, &output, ascii: { 0x41...0x5A ~= $0 ? $0 + 32 : $0 }) { scalar, output in
        if properties.class(of: scalar).contains(.lowercases) {
          properties.lowercase(scalar) { UTF8Scalar.append($0, to: &output) }
        } else {
          UTF8Scalar.append(scalar, to: &output)
        }
      }
    case .stripAccents:
      let characters = PipelineCharacters.standard
      forEachScalar(text, &output, ascii: { $0 }) { scalar, output in
        if !characters.class(of: scalar).contains(.mark) { UTF8Scalar.append(scalar, to: &output) }
      }
    case .characterMap(let map): map.normalize(text, into: &output)
    }
  }

  private func replace(
    _ pattern: String, with content: String, in text: UnsafeBufferPointer<UInt8>,
    _ output: inout [UInt8]
  ) {
    let pattern = Array(pattern.utf8)
    output.reserveCapacity(output.count + text.count)
    var position = 0
    while position < text.count {
      if text[position] == pattern[0], text.count - position >= pattern.count,
        text[position..<position + pattern.count].elementsEqual(pattern)
      {
        output += content.utf8
        position += pattern.count
      } else {
        output.append(text[position])
        position += 1
      }
    }
  }

  private func strip(
    _ text: UnsafeBufferPointer<UInt8>, left: Bool, right: Bool, _ output: inout [UInt8]
  ) {
    var start: Int?
    var end = 0
    var position = 0
    while position < text.count {
      let first = position
      let scalar = UTF8Scalar.decode(text, at: &position)
      guard !PipelineCharacters.standard.class(of: scalar).contains(.whitespace) else { continue }
      if start == nil { start = first }
      end = position
    }
    guard let start else {
      if !left && !right { output += text }
      return
    }
    output += text[(left ? start : 0)..<(right ? end : text.count)]
  }

  private func forEachScalar(
    _ text: UnsafeBufferPointer<UInt8>, _ output: inout [UInt8], ascii: (UInt8) -> UInt8,
    _ body: (UInt32, inout [UInt8]) -> Void
  ) {
    output.reserveCapacity(output.count + text.count)
    var position = 0
    while position < text.count {
      if text[position] < 0x80 {
        output.append(ascii(text[position]))
        position += 1
      } else {
        body(UTF8Scalar.decode(text, at: &position), &output)
      }
    }
  }
}

/// The steps of a pipeline, one after another.
package struct TextNormalization: Sendable, Hashable {
  /// The steps in order.
  package let steps: [NormalizationStep]

  /// Steps in their order.
  package init(_ steps: [NormalizationStep]) { self.steps = steps }

  /// The character map among the steps, of which there is at most one.
  package var characterMap: CharacterMap? {
    for case .characterMap(let map) in steps { return map }
    return nil
  }

  /// The normalised text.
  package func normalize(_ text: String) -> String {
    var text = text
    return text.withUTF8 { String(decoding: normalize($0), as: UTF8.self) }
  }

  /// The normalised form of well-formed UTF-8.
  func normalize(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var current = Array(text)
    var next: [UInt8] = []
    for step in steps {
      next.removeAll(keepingCapacity: true)
      current.withUnsafeBufferPointer { step.normalize($0, into: &next) }
      swap(&current, &next)
    }
    return current
  }
}
