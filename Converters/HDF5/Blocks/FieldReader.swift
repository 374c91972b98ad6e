/// Reads the fields of a structure one after the other, little-endian, and never beyond its end.
struct FieldReader {
  /// What is read, for errors.
  private(set) var structure: HDF5Structure
  /// Widths of addresses and lengths in this file.
  var widths: FieldWidths
  /// Address of the first of ``bytes``, by which values inside a structure are found again.
  let address: UInt64
  private let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  init(
    _ bytes: ArraySlice<UInt8>, of structure: HDF5Structure, widths: FieldWidths, address: UInt64
  ) {
    self.bytes = bytes
    self.structure = structure
    self.widths = widths
    self.address = address
    position = bytes.startIndex
  }

  /// Bytes that are left.
  var remaining: Int { bytes.endIndex - position }
  /// Bytes behind the structure's first one.
  var offset: Int { position - bytes.startIndex }
  /// Address of the next byte.
  var nextAddress: UInt64 { address &+ UInt64(offset) }

  /// Bytes as they are.
  mutating func take(_ count: Int) throws(HDF5Error.Clause) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw .tooShort(structure) }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func skip(_ count: Int) throws(HDF5Error.Clause) { _ = try take(count) }

  /// Skips to the next multiple of eight bytes behind `start`, an ``offset``; at the end it stops.
  mutating func align(from start: Int) {
    position += min(remaining, (8 - (offset - start) % 8) % 8)
  }

  /// An unsigned integer of up to eight bytes.
  mutating func integer(byteCount: Int) throws(HDF5Error.Clause) -> UInt64 {
    var value: UInt64 = 0
    for byte in try take(byteCount).reversed() { value = value << 8 | UInt64(byte) }
    return value
  }

  mutating func byte() throws(HDF5Error.Clause) -> Int { Int(try integer(byteCount: 1)) }
  mutating func short() throws(HDF5Error.Clause) -> Int { Int(try integer(byteCount: 2)) }
  mutating func word() throws(HDF5Error.Clause) -> Int { Int(try integer(byteCount: 4)) }

  /// A length; such a number is bounded by nothing yet.
  mutating func length() throws(HDF5Error.Clause) -> UInt64 {
    try integer(byteCount: widths.length)
  }

  /// An address; `nil` for the undefined one, all of whose bits are set.
  mutating func fileAddress() throws(HDF5Error.Clause) -> UInt64? {
    let value = try integer(byteCount: widths.offset)
    return value == widths.undefinedAddress ? nil : value
  }

  /// Requires the four letters with which a structure begins.
  mutating func signature(_ letters: String) throws(HDF5Error.Clause) {
    guard try take(4).elementsEqual(letters.utf8) else { throw .wrongSignature(structure) }
  }

  /// A version, which must be one of `known`.
  mutating func version(_ known: ClosedRange<Int>) throws(HDF5Error.Clause) -> Int {
    let version = try byte()
    guard known.contains(version) else { throw .unknownVersion(structure, version: version) }
    return version
  }

  /// The same fields under another name in errors.
  func renamed(_ structure: HDF5Structure) -> FieldReader {
    var copy = self
    copy.structure = structure
    return copy
  }

  /// Requires that the last four bytes are the checksum of those before them.
  func requireChecksumAtEnd() throws(HDF5Error.Clause) {
    guard bytes.count >= 4 else { throw .tooShort(structure) }
    let stored = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard stored == Lookup3.checksum(bytes.dropLast(4)) else { throw .wrongChecksum(structure) }
  }

  /// A reader of the next bytes as a structure of its own.
  mutating func nested(
    _ count: Int, of structure: HDF5Structure
  ) throws(HDF5Error.Clause) -> FieldReader {
    let address = nextAddress
    return FieldReader(try take(count), of: structure, widths: widths, address: address)
  }
}

/// How many bytes addresses and lengths take in a file.
struct FieldWidths: Sendable, Hashable {
  let offset: Int
  let length: Int

  /// The address that means "none".
  var undefinedAddress: UInt64 { offset == 8 ? .max : 1 << UInt64(8 * offset) - 1 }
}
