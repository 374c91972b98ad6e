import TensorStorage

/// One entry of an archive's directory, before its member has been looked at.
///
/// Source: PKWARE APPNOTE 6.3.10, §4.3.12, §4.4 and §4.5.3.
struct ZipDirectoryEntry {
  /// Bytes of an entry without name, extra field and comment.
  static let byteCount = 46

  let name: String
  let flags: Int
  let method: Int
  let checksum: UInt32
  /// Bytes of the member in the file.
  let storedByteCount: Int
  /// Bytes of the member when it is unpacked.
  let byteCount: Int
  /// Where the member's own header begins.
  let offset: Int

  /// All entries of a directory.
  static func all(_ end: ZipEndRecord, of file: RandomAccessFile) throws -> [ZipDirectoryEntry] {
    let bytes = try file.bytes(in: end.directory)
    var entries: [ZipDirectoryEntry] = []
    entries.reserveCapacity(end.memberCount)
    var rest = bytes[...]
    for index in 0..<end.memberCount {
      entries.append(try ZipDirectoryEntry(taking: &rest, index: index, file: file.path))
    }
    guard rest.isEmpty else {
      throw ZipError(.directoryMalformed(entry: end.memberCount), file: file.path)
    }
    return entries
  }

  private init(taking bytes: inout ArraySlice<UInt8>, index: Int, file: String) throws(ZipError) {
    let fields = LittleEndianFields(bytes)
    guard bytes.count >= Self.byteCount, fields[0, 4] == 0x0201_4B50 else {
      throw ZipError(.directoryMalformed(entry: index), file: file)
    }
    let (nameCount, extraCount) = (Int(fields[28, 2]), Int(fields[30, 2]))
    let entryByteCount = Self.byteCount + nameCount + extraCount + Int(fields[32, 2])
    guard entryByteCount <= bytes.count else {
      throw ZipError(.directoryMalformed(entry: index), file: file)
    }
    let variable = bytes.dropFirst(Self.byteCount)
    guard let name = String(validating: variable.prefix(nameCount), as: UTF8.self) else {
      throw ZipError(.nameNotText(entry: index), file: file)
    }
    var large = try Self.largeField(
      in: variable.dropFirst(nameCount).prefix(extraCount), of: name, file: file)
    /// The number itself, or the next of the zip64 field where it is saturated.
    func size(at offset: Int) throws(ZipError) -> Int {
      let number = fields[offset, 4]
      guard number == 0xFFFF_FFFF else { return Int(number) }
      guard large.count >= 8, let size = Int(exactly: LittleEndianFields(large)[0, 8]) else {
        throw ZipError(.malformedLargeSize(member: name), file: file)
      }
      large = large.dropFirst(8)
      return size
    }
    self.name = name
    flags = Int(fields[8, 2])
    method = Int(fields[10, 2])
    checksum = UInt32(fields[16, 4])
    // The zip64 field has its numbers in this order.
    byteCount = try size(at: 24)
    storedByteCount = try size(at: 20)
    offset = try size(at: 42)
    guard fields[34, 2] == 0 else { throw ZipError(.severalFiles, file: file) }
    bytes = bytes.dropFirst(entryByteCount)
  }

  /// The data of the extra field's zip64 part; empty when there is none.
  private static func largeField(
    in extra: ArraySlice<UInt8>, of name: String, file: String
  ) throws(ZipError) -> ArraySlice<UInt8> {
    var rest = extra
    while rest.count >= 4 {
      let fields = LittleEndianFields(rest)
      let count = Int(fields[2, 2])
      guard count <= rest.count - 4 else { break }
      let data = rest.dropFirst(4).prefix(count)
      if fields[0, 2] == 1 { return data }
      rest = rest.dropFirst(4 + count)
    }
    return []
  }
}
