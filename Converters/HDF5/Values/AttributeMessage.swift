/// An attribute as its message has it: a name, a type, a shape, and the bytes of the value.
///
/// Versions 1 to 3. Source: HDF5 File Format Specification 3.0, IV.A.2.m.
struct AttributeMessage {
  /// The bytes of the name, without the NUL behind it.
  let name: ArraySlice<UInt8>
  private let flags: Int
  private let typeFields, spaceFields: FieldReader
  private let value: FieldReader

  /// Takes the message apart; type, shape and value are looked at by ``attribute(in:)``.
  init(_ message: FieldReader) throws(HDF5Error.Clause) {
    var fields = message
    let version = try fields.version(1...3)
    // Version 1 has a reserved byte where the flags are.
    let second = try fields.byte()
    flags = version == 1 ? 0 : second
    let nameByteCount = try fields.short()
    let typeByteCount = try fields.short()
    let spaceByteCount = try fields.short()
    if version == 3 { try fields.skip(1) }
    func padded(_ count: Int) -> Int { version == 1 ? (count + 7) / 8 * 8 : count }
    var name = try fields.nested(padded(nameByteCount), of: .attribute)
    typeFields = try fields.nested(padded(typeByteCount), of: .datatype)
    spaceFields = try fields.nested(padded(spaceByteCount), of: .dataspace)
    self.name = try name.take(nameByteCount).prefix { $0 != 0 }
    value = fields
  }

  /// The value.
  ///
  /// - Throws: ``HDF5Error/Clause`` or `FileError`.
  func attribute(in blocks: BlockReader, name: String) throws -> HDF5Attribute {
    var typeFields = typeFields
    var spaceFields = spaceFields
    if flags & 1 != 0 {
      typeFields = try HeaderMessage.shared(.datatype, typeFields, of: .datatype, in: blocks)
    }
    if flags & 2 != 0 {
      spaceFields = try HeaderMessage.shared(.dataspace, spaceFields, of: .dataspace, in: blocks)
    }
    let type = try Datatype(&typeFields)
    let space = try Dataspace(&spaceFields)
    let count = try space.isNull ? 0 : space.shape().elementCount
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
    guard !overflow, byteCount <= HDF5Attribute.maximumByteCount else {
      throw HDF5Error.Clause.attributeTooLarge(
        name: name, limit: HDF5Attribute.maximumByteCount)
    }
    var fields = value
    guard byteCount <= fields.remaining else { throw HDF5Error.Clause.tooShort(.attribute) }
    switch type.content {
    case .variableText:
      return .strings(try variableTexts(count, &fields, in: blocks, name: name))
    case .fixedText(let isSpacePadded):
      return .strings(
        try (0..<count).map { _ in
          try Self.text(
            Self.trimmed(fields.take(type.byteCount), isSpacePadded: isSpacePadded), name: name)
        })
    case .number(let element, let isBigEndian):
      return try HDF5Attribute(
        numbers: (0..<count).map { _ in
          let bytes = try fields.take(type.byteCount)
          return isBigEndian ? Array(bytes.reversed()) : Array(bytes)
        }, of: element)
    case .opaque, .other: return .other
    }
  }

  private func variableTexts(
    _ count: Int, _ fields: inout FieldReader, in blocks: BlockReader, name: String
  ) throws -> [String] {
    var heap = GlobalHeap(in: blocks)
    var texts: [String] = []
    for _ in 0..<count {
      let byteCount = try fields.word()
      let address = try fields.fileAddress()
      let index = try fields.word()
      // A text without a place is an empty one.
      guard byteCount > 0, let address, address != 0 else {
        texts.append("")
        continue
      }
      let object = try heap.object(index, at: address)
      guard byteCount <= object.count else { throw HDF5Error.Clause.tooShort(.globalHeap) }
      texts.append(try Self.text(object.prefix(byteCount).prefix { $0 != 0 }, name: name))
    }
    return texts
  }

  private static func trimmed(
    _ bytes: ArraySlice<UInt8>, isSpacePadded: Bool
  ) -> ArraySlice<UInt8> {
    var text = bytes.prefix { $0 != 0 }
    while isSpacePadded, text.last == UInt8(ascii: " ") { text = text.dropLast() }
    return text
  }

  private static func text(
    _ bytes: ArraySlice<UInt8>, name: String
  ) throws(HDF5Error.Clause) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .attributeNotText(name: name)
    }
    return text
  }
}
