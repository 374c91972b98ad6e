import TensorStorage

/// What one element of a dataset or attribute is.
///
/// Source: HDF5 File Format Specification 3.0, IV.A.2.d.
struct Datatype {
  /// The kinds that hold numbers or text, and a word for the others.
  enum Content: Equatable {
    case number(ElementType, isBigEndian: Bool)
    /// Text of fixed length; spaces at its end are padding where `isSpacePadded`.
    case fixedText(isSpacePadded: Bool)
    case variableText
    /// Bytes of a meaning that only an attribute tells.
    case opaque
    /// What is not read, by its name.
    case other(String)
  }

  let content: Content
  /// Bytes that one element takes.
  let byteCount: Int

  /// Types nested deeper than this are not looked into.
  private static let maximumDepth = 8

  /// Reads a datatype from its message.
  init(_ fields: inout FieldReader, depth: Int = 0) throws(HDF5Error.Clause) {
    let first = try fields.byte()
    let (kind, version) = (first & 15, first >> 4)
    guard (1...5).contains(version) else {
      throw .unknownVersion(.datatype, version: version)
    }
    let bits = try fields.integer(byteCount: 3)
    byteCount = try fields.word()
    switch kind {
    case 0: content = try Self.fixedPoint(&fields, bits, byteCount)
    case 1: content = try Self.floatingPoint(&fields, bits, byteCount)
    case 3: content = .fixedText(isSpacePadded: bits & 15 == 2)
    case 5: content = .opaque
    case 8:
      content =
        depth < Self.maximumDepth
        ? try Self.enumeration(&fields, bits, version: version, depth: depth)
        : .other("a nested enumeration")
    case 9: content = bits & 15 == 1 ? .variableText : .other("lists of variable length")
    default: content = .other(Self.names[kind] ?? "elements of class \(kind)")
    }
    // Every element has a byte; all else would make counts that no file bounds.
    guard byteCount > 0 else { throw .invalidField(.datatype, field: "its size", value: 0) }
  }

  private static let names = [
    2: "times", 4: "bit fields", 6: "compounds", 7: "references", 10: "arrays",
    11: "complex numbers",
  ]

  private static func fixedPoint(
    _ fields: inout FieldReader, _ bits: UInt64, _ byteCount: Int
  ) throws(HDF5Error.Clause) -> Content {
    let offset = try fields.short()
    let precision = try fields.short()
    guard offset == 0, precision == 8 * byteCount else { return .other("integers with padding") }
    let isSigned = bits & 8 != 0
    let type: ElementType? =
      switch byteCount {
      case 1: isSigned ? .i8 : .u8
      case 2: isSigned ? .i16 : .u16
      case 4: isSigned ? .i32 : .u32
      case 8: isSigned ? .i64 : .u64
      default: nil
      }
    return type.map { .number($0, isBigEndian: bits & 1 != 0) }
      ?? .other("integers of \(byteCount) bytes")
  }

  /// Places and widths of a floating-point number's parts, in bits.
  private struct FloatingPointForm: Hashable {
    let byteCount, signPlace, exponentPlace, exponentWidth, mantissaPlace, mantissaWidth: Int
    let bias: Int
  }

  private static let forms: [FloatingPointForm: ElementType] = [
    FloatingPointForm(
      byteCount: 2, signPlace: 15, exponentPlace: 10, exponentWidth: 5, mantissaPlace: 0,
      mantissaWidth: 10, bias: 15): .f16,
    FloatingPointForm(
      byteCount: 2, signPlace: 15, exponentPlace: 7, exponentWidth: 8, mantissaPlace: 0,
      mantissaWidth: 7, bias: 127): .bf16,
    FloatingPointForm(
      byteCount: 4, signPlace: 31, exponentPlace: 23, exponentWidth: 8, mantissaPlace: 0,
      mantissaWidth: 23, bias: 127): .f32,
    FloatingPointForm(
      byteCount: 8, signPlace: 63, exponentPlace: 52, exponentWidth: 11, mantissaPlace: 0,
      mantissaWidth: 52, bias: 1023): .f64,
  ]

  private static func floatingPoint(
    _ fields: inout FieldReader, _ bits: UInt64, _ byteCount: Int
  ) throws(HDF5Error.Clause) -> Content {
    let offset = try fields.short()
    let precision = try fields.short()
    let (exponentPlace, exponentWidth) = (try fields.byte(), try fields.byte())
    let (mantissaPlace, mantissaWidth) = (try fields.byte(), try fields.byte())
    let form = FloatingPointForm(
      byteCount: byteCount, signPlace: Int(bits >> 8 & 0xFF), exponentPlace: exponentPlace,
      exponentWidth: exponentWidth, mantissaPlace: mantissaPlace, mantissaWidth: mantissaWidth,
      bias: try fields.word())
    // Bits 0 and 6 are the byte order (both: VAX's), bits 4 and 5 say 2 for an implied leading one.
    guard let type = forms[form], offset == 0, precision == 8 * byteCount, bits & 0x40 == 0,
      bits >> 4 & 3 == 2
    else { return .other("floating-point numbers of an unusual form") }
    return .number(type, isBigEndian: bits & 1 != 0)
  }

  /// An enumeration over bytes with the members FALSE = 0 and TRUE = 1 is how h5py writes truth values.
  private static func enumeration(
    _ fields: inout FieldReader, _ bits: UInt64, version: Int, depth: Int
  ) throws(HDF5Error.Clause) -> Content {
    let base = try Datatype(&fields, depth: depth + 1)
    let other = Content.other("an enumeration")
    guard bits & 0xFFFF == 2, base.byteCount == 1, case .number = base.content else { return other }
    var names: [ArraySlice<UInt8>] = []
    for _ in 0..<2 {
      let start = fields.offset
      var name: [UInt8] = []
      while let letter = try fields.take(1).first, letter != 0 { name.append(letter) }
      // Names of older versions take a multiple of eight bytes.
      if version < 3 { fields.align(from: start) }
      names.append(name[...])
    }
    let values = try fields.take(2)
    let expected = ["FALSE", "TRUE"].map { Array($0.utf8)[...] }
    return names == expected && values.elementsEqual([0, 1])
      ? .number(.bool, isBigEndian: false) : other
  }
}
