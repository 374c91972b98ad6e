/// The bytes of an element that stands where nothing was written; none means zeros.
///
/// Source: HDF5 File Format Specification 3.0, IV.A.2.e and IV.A.2.f.
struct FillValue {
  let bytes: [UInt8]

  /// Reads whichever of the two messages the dataset has.
  ///
  /// - Parameter byteCount: an element's bytes, which the value must have.
  init(of header: ObjectHeader, byteCount: Int, in blocks: BlockReader) throws {
    if let message = header.message(.fillValue) {
      bytes = try Self.value(try message.fields(of: .fillValue, in: blocks))
    } else if let message = header.message(.oldFillValue) {
      var fields = try message.fields(of: .fillValue, in: blocks)
      bytes = Array(try fields.take(try fields.word()))
    } else {
      bytes = []
    }
    guard bytes.isEmpty || bytes.count == byteCount else {
      throw HDF5Error.Clause.invalidField(
        .fillValue, field: "its size", value: UInt64(bytes.count))
    }
  }

  private static func value(_ message: FieldReader) throws(HDF5Error.Clause) -> [UInt8] {
    var fields = message
    let version = try fields.version(1...3)
    if version == 3 {
      guard try fields.byte() & 0x20 != 0 else { return [] }
    } else {
      try fields.skip(2)
      let isDefined = try fields.byte() != 0
      guard version == 1 || isDefined, fields.remaining > 0 else { return [] }
    }
    // All bits set stand for a value that was declared undefined.
    let byteCount = try fields.integer(byteCount: 4)
    guard byteCount != 0xFFFF_FFFF else { return [] }
    return Array(try fields.take(Int(byteCount)))
  }
}
