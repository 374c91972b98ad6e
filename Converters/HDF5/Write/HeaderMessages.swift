import TensorStorage

/// The messages of written objects, each in its oldest version, which every reader knows.
///
/// Source: HDF5 File Format Specification 3.0, IV.A.2.
enum HeaderMessages {
  /// An object header of version 1 around messages.
  static func header(_ messages: [(kind: HeaderMessage.Kind, body: FieldBuffer)]) -> FieldBuffer {
    var block = FieldBuffer()
    for (kind, body) in messages {
      var padded = body
      padded.pad()
      precondition(padded.bytes.count < 1 << 16, "a message of \(padded.bytes.count) bytes")
      block.short(kind.rawValue)
      block.short(padded.bytes.count)
      // The type and fill value of a dataset never change.
      block.byte(kind == .datatype || kind == .fillValue ? 1 : 0)
      block.zeros(3)
      block.append(padded)
    }
    var header = FieldBuffer()
    header.byte(1)
    header.byte(0)
    header.short(messages.count)
    header.word(1)  // one link leads here
    header.word(block.bytes.count)
    header.pad()
    header.append(block)
    return header
  }

  static func dataspace(_ dimensions: [Int]) -> FieldBuffer {
    var body = FieldBuffer()
    body.byte(1)
    body.byte(dimensions.count)
    body.zeros(6)
    for length in dimensions { body.long(UInt64(length)) }
    return body
  }

  /// A type of numbers; bfloat16 is two opaque bytes, as Keras writes it.
  static func datatype(_ type: ElementType) -> FieldBuffer {
    switch type {
    case .f16: floatingPoint(byteCount: 2, exponentPlace: 10, exponentWidth: 5, bias: 15)
    case .f32: floatingPoint(byteCount: 4, exponentPlace: 23, exponentWidth: 8, bias: 127)
    case .f64: floatingPoint(byteCount: 8, exponentPlace: 52, exponentWidth: 11, bias: 1023)
    case .bf16: head(class: 5, bits: 0, byteCount: 2)
    case .i8, .i16, .i32, .i64: fixedPoint(byteCount: type.byteWidth, isSigned: true)
    case .u8, .u16, .u32, .u64: fixedPoint(byteCount: type.byteWidth, isSigned: false)
    default: preconditionFailure("\(type) is not written to HDF5")
    }
  }

  private static func head(class kind: Int, bits: Int, byteCount: Int) -> FieldBuffer {
    var body = FieldBuffer()
    body.byte(1 << 4 | kind)
    body.add(UInt64(bits), byteCount: 3)
    body.word(byteCount)
    return body
  }

  private static func fixedPoint(byteCount: Int, isSigned: Bool) -> FieldBuffer {
    var body = head(class: 0, bits: isSigned ? 8 : 0, byteCount: byteCount)
    body.short(0)
    body.short(8 * byteCount)
    return body
  }

  private static func floatingPoint(
    byteCount: Int, exponentPlace: Int, exponentWidth: Int, bias: Int
  ) -> FieldBuffer {
    // A leading one that is not stored, and the place of the sign.
    var body = head(class: 1, bits: 2 << 4 | (8 * byteCount - 1) << 8, byteCount: byteCount)
    body.short(0)
    body.short(8 * byteCount)
    body.byte(exponentPlace)
    body.byte(exponentWidth)
    body.byte(0)
    body.byte(exponentPlace)
    body.word(bias)
    return body
  }

  /// Late allocation, written if set, the default value.
  static func fillValue() -> FieldBuffer {
    var body = FieldBuffer()
    for field in [2, 2, 2, 1] { body.byte(field) }
    body.word(0)
    return body
  }

  /// Values in one piece; without elements they have no address.
  static func contiguousLayout(address: UInt64, byteCount: Int) -> FieldBuffer {
    var body = FieldBuffer()
    body.byte(3)
    body.byte(1)
    body.long(byteCount == 0 ? .max : address)
    body.long(UInt64(byteCount))
    return body
  }

  /// Texts of one fixed length, filled up with NUL; an empty list is one of 64-bit numbers.
  static func attribute(_ name: String, _ value: HDF5Outline.Attribute) -> FieldBuffer {
    let (texts, dimensions): ([String], [Int]) =
      switch value {
      case .string(let text): ([text], [])
      case .strings(let texts): (texts, [texts.count])
      }
    let width = max(1, texts.map(\.utf8.count).max() ?? 1)
    let isASCII = texts.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
    var type =
      texts.isEmpty
      ? datatype(.f64) : head(class: 3, bits: isASCII ? 1 : 1 | 1 << 4, byteCount: width)
    var space = dataspace(dimensions)
    var body = FieldBuffer()
    body.byte(1)
    body.byte(0)
    body.short(name.utf8.count + 1)
    body.short(type.bytes.count)
    body.short(space.bytes.count)
    body.terminated(name)
    type.pad()
    space.pad()
    body.append(type)
    body.append(space)
    for text in texts {
      body.text(text)
      body.zeros(width - text.utf8.count)
    }
    return body
  }
}
