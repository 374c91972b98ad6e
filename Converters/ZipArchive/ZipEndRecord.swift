import TensorStorage

/// Where an archive's directory lies, from the records at the end of the file.
///
/// The file ends with the end record and a comment of at most 65,535 bytes; a zip64 end record before
/// it holds what does not fit into 16 or 32 bits. PyTorch always writes both, so both are read and
/// must agree: an archive that says two things is refused.
///
/// Source: PKWARE APPNOTE 6.3.10, §4.3.14 to §4.3.16.
struct ZipEndRecord {
  /// A directory that is larger is not read into memory.
  static let maximumDirectoryByteCount = 64 << 20
  private static let byteCount = 22
  private static let largeByteCount = 56
  private static let locatorByteCount = 20
  private static let maximumCommentByteCount = 0xFFFF

  /// The bytes of the directory in the file.
  let directory: Range<Int>
  /// The entries in it.
  let memberCount: Int

  init(of file: RandomAccessFile) throws {
    let start = max(0, file.byteCount - Self.byteCount - Self.maximumCommentByteCount)
    let tail = try file.bytes(in: start..<file.byteCount)
    guard let position = Self.position(in: tail) else {
      throw ZipError(.noEndRecord, file: file.path)
    }
    let record = LittleEndianFields(tail[position...])
    guard record[4, 2] == record[6, 2], [0, 0xFFFF].contains(record[4, 2]) else {
      throw ZipError(.severalFiles, file: file.path)
    }
    var fields = (
      hereCount: record[8, 2], count: record[10, 2], byteCount: record[12, 4], offset: record[16, 4]
    )
    var end = start + position
    if let large = try Self.largeRecord(before: end, of: file) {
      guard
        [0xFFFF, large.fields[24, 8]].contains(fields.hereCount),
        [0xFFFF, large.fields[32, 8]].contains(fields.count),
        [0xFFFF_FFFF, large.fields[40, 8]].contains(fields.byteCount),
        [0xFFFF_FFFF, large.fields[48, 8]].contains(fields.offset)
      else { throw ZipError(.endRecordsDiffer, file: file.path) }
      guard large.fields[16, 4] == 0, large.fields[20, 4] == 0 else {
        throw ZipError(.severalFiles, file: file.path)
      }
      fields = (large.fields[24, 8], large.fields[32, 8], large.fields[40, 8], large.fields[48, 8])
      end = large.offset
    } else if fields.count == 0xFFFF || fields.byteCount == 0xFFFF_FFFF
      || fields.offset == 0xFFFF_FFFF
    {
      throw ZipError(.noLargeEndRecord, file: file.path)
    }
    guard fields.hereCount == fields.count else {
      throw ZipError(.severalFiles, file: file.path)
    }
    guard
      let offset = Int(exactly: fields.offset), let byteCount = Int(exactly: fields.byteCount),
      offset <= end, byteCount == end - offset
    else { throw ZipError(.directoryMisplaced, file: file.path) }
    guard
      byteCount <= Self.maximumDirectoryByteCount,
      let memberCount = Int(exactly: fields.count),
      memberCount <= byteCount / ZipDirectoryEntry.byteCount
    else {
      throw ZipError(
        .directoryTooLarge(memberCount: Int(clamping: fields.count), byteCount: byteCount),
        file: file.path)
    }
    directory = offset..<end
    self.memberCount = memberCount
  }

  /// The last place where an end record's comment would end with the file.
  private static func position(in tail: [UInt8]) -> Int? {
    guard tail.count >= byteCount else { return nil }
    return (0...tail.count - byteCount).last { position in
      // Most bytes are told by the first comparison.
      guard tail[position] == 0x50 else { return false }
      let record = LittleEndianFields(tail[position...])
      return record[0, 4] == 0x0605_4B50
        && record[20, 2] == UInt64(tail.count - byteCount - position)
    }
  }

  /// The zip64 end record, where a locator points to one.
  private static func largeRecord(
    before end: Int, of file: RandomAccessFile
  ) throws -> (offset: Int, fields: LittleEndianFields)? {
    guard end >= locatorByteCount else { return nil }
    let locator = LittleEndianFields(
      try file.bytes(in: end - locatorByteCount..<end)[...])
    guard locator[0, 4] == 0x0706_4B50 else { return nil }
    guard locator[4, 4] == 0, locator[16, 4] <= 1 else {
      throw ZipError(.severalFiles, file: file.path)
    }
    guard
      let offset = Int(exactly: locator[8, 8]),
      end - locatorByteCount >= largeByteCount, offset <= end - locatorByteCount - largeByteCount
    else { throw ZipError(.noLargeEndRecord, file: file.path) }
    let fields = LittleEndianFields(try file.bytes(in: offset..<offset + largeByteCount)[...])
    // The record's own length counts neither its signature nor itself.
    guard
      fields[0, 4] == 0x0606_4B50,
      fields[4, 8] == UInt64(end - locatorByteCount - offset - 12)
    else { throw ZipError(.noLargeEndRecord, file: file.path) }
    return (offset, fields)
  }
}

/// Numbers stored least significant byte first, by offset and width; the caller knows that they lie
/// within the bytes.
struct LittleEndianFields {
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  subscript(offset: Int, byteCount: Int) -> UInt64 {
    bytes[(bytes.startIndex + offset)..<(bytes.startIndex + offset + byteCount)]
      .reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
