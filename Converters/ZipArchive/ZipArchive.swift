import TensorStorage

/// A zip archive opened for reading: its members, and where in the file each one's bytes lie.
///
/// The directory at the end of the file is the truth; of a member's own header only name and length
/// are read, for writers that stream leave its sizes out. Members are checked when the archive is
/// opened: they lie within the file before the directory, share no byte, and no name occurs twice.
/// A name is a key and never a path. Members that are stored are read, others are refused when they
/// are asked for.
public struct ZipArchive: Sendable {
  /// One member of an archive.
  public struct Member: Sendable, Hashable {
    /// The name as the directory spells it; never used as a path.
    public let name: String
    /// Bytes of the member when it is unpacked.
    public let byteCount: Int
    /// CRC-32 of the member's bytes; PyTorch writes 0 where it was told not to compute it.
    public let checksum: UInt32

    /// The member's bytes as they lie in the file.
    let stored: Range<Int>
    /// 0 when the bytes are stored as they are, 8 when they are deflated.
    let method: Int
    let isEncrypted: Bool
  }

  /// The file; members are read from it at any offset, by any number of threads.
  public let file: RandomAccessFile
  /// The members in the directory's order.
  public let members: [Member]

  private let positions: [[UInt8]: Int]

  /// Opens an archive and checks its directory and its members' headers.
  ///
  /// - Throws: `FileError` when it cannot be read, ``ZipError`` when it breaks a rule.
  public init(path: String) throws {
    try self.init(RandomAccessFile(path: path))
  }

  /// Reads the directory of an open file.
  ///
  /// - Throws: `FileError` when it cannot be read, ``ZipError`` when it breaks a rule.
  public init(_ file: RandomAccessFile) throws {
    let end = try ZipEndRecord(of: file)
    let entries = try ZipDirectoryEntry.all(end, of: file)
    var positions: [[UInt8]: Int] = [:]
    positions.reserveCapacity(entries.count)
    for (position, entry) in entries.enumerated() {
      guard positions.updateValue(position, forKey: Array(entry.name.utf8)) == nil else {
        throw ZipError(.repeatedName(member: entry.name), file: file.path)
      }
    }
    let members = try entries.map {
      try Self.member($0, of: file, membersEnd: end.directory.lowerBound)
    }
    try Self.requireDisjoint(entries, members, file: file.path)
    self.file = file
    self.members = members
    self.positions = positions
  }

  /// The member of exactly that name.
  public func member(named name: String) -> Member? {
    positions[Array(name.utf8)].map { members[$0] }
  }

  /// Where a stored member's bytes lie in the file.
  ///
  /// - Throws: ``ZipError`` for a member that is compressed or encrypted.
  public func range(of member: Member) throws(ZipError) -> Range<Int> {
    guard !member.isEncrypted else {
      throw ZipError(.encrypted(member: member.name), file: file.path)
    }
    guard member.method == 0 else {
      throw ZipError(.compressed(member: member.name, method: member.method), file: file.path)
    }
    guard member.stored.count == member.byteCount else {
      throw ZipError(.storedSizesDiffer(member: member.name), file: file.path)
    }
    return member.stored
  }

  /// A small stored member's bytes, checked against its checksum.
  ///
  /// - Throws: `FileError`, or ``ZipError`` for a member that is not stored, is above the bound, or
  ///   does not have its checksum.
  public func bytes(of member: Member, maximumByteCount: Int) throws -> [UInt8] {
    let range = try range(of: member)
    guard range.count <= maximumByteCount else {
      throw ZipError(
        .memberTooLarge(member: member.name, byteCount: range.count, maximum: maximumByteCount),
        file: file.path)
    }
    let bytes = try file.bytes(in: range)
    let checksum = bytes.withUnsafeBytes { ZipChecksum.value(of: $0, after: 0) }
    guard member.checksum == 0 || member.checksum == checksum else {
      throw ZipError(.checksum(member: member.name), file: file.path)
    }
    return bytes
  }

  /// A directory's entry with the place of its bytes, which follow the member's own header.
  private static func member(
    _ entry: ZipDirectoryEntry, of file: RandomAccessFile, membersEnd: Int
  ) throws -> Member {
    let headerByteCount = 30
    func fail(_ clause: ZipError.Clause) -> ZipError { ZipError(clause, file: file.path) }
    guard entry.offset <= membersEnd, membersEnd - entry.offset >= headerByteCount else {
      throw fail(.memberBeyondEnd(member: entry.name))
    }
    // The name lies right behind the header; one read brings both where they lie in the file.
    let nameByteCount = entry.name.utf8.count
    let front = try file.bytes(
      in: entry.offset..<min(entry.offset + headerByteCount + nameByteCount, membersEnd))
    let header = LittleEndianFields(front[...])
    guard header[0, 4] == 0x0403_4B50 else { throw fail(.noLocalHeader(member: entry.name)) }
    guard
      header[26, 2] == UInt64(nameByteCount),
      front.dropFirst(headerByteCount).elementsEqual(entry.name.utf8)
    else { throw fail(.localNameDiffers(member: entry.name)) }
    let start = entry.offset + front.count + Int(header[28, 2])
    guard start <= membersEnd, entry.storedByteCount <= membersEnd - start else {
      throw fail(.memberBeyondEnd(member: entry.name))
    }
    return Member(
      name: entry.name, byteCount: entry.byteCount, checksum: entry.checksum,
      stored: start..<start + entry.storedByteCount, method: entry.method,
      // Bit 0, and bit 6 for the stronger kind.
      isEncrypted: entry.flags & 0x41 != 0)
  }

  /// Overlapping members are how small archives unpack to enormous ones.
  private static func requireDisjoint(
    _ entries: [ZipDirectoryEntry], _ members: [Member], file: String
  ) throws(ZipError) {
    let order = entries.indices.sorted { entries[$0].offset < entries[$1].offset }
    for (position, next) in zip(order, order.dropFirst())
    where members[position].stored.upperBound > entries[next].offset {
      throw ZipError(
        .overlap(member: members[next].name, other: members[position].name), file: file)
    }
  }
}
