/// A zip archive byte by byte, in which every field can be wrong.
struct ZipBytes {
  struct Member {
    var name: [UInt8]
    var data: [UInt8]
    var flags = 0
    var method = 0
    var checksum: UInt32
    /// The name in the member's own header.
    var localName: [UInt8]
    /// What the directory says instead of the truth.
    var byteCount: Int?
    var storedByteCount: Int?
    var offset: Int?
    var extra: [UInt8] = []
    var disk = 0

    init(_ name: String, _ data: [UInt8]) {
      self.name = Array(name.utf8)
      self.data = data
      localName = self.name
      checksum = referenceCRC32(data)
    }
  }

  var members: [Member]
  var comment: [UInt8] = []
  /// Bytes between the directory and the end record.
  var gap: [UInt8] = []
  var directorySignature = 0x0201_4B50
  var localSignature = 0x0403_4B50
  var count: Int?
  var hereCount: Int?
  var disk = 0
  var directoryByteCount: Int?
  var directoryOffset: Int?
  /// A zip64 end record with this many members, and what its locator says of its place.
  var large: (count: Int, offset: Int?, disk: Int)?

  init(_ members: [Member]) { self.members = members }

  static func number(_ value: Int, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  var bytes: [UInt8] {
    let number = Self.number
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let offset = bytes.count
      // Streamed: sizes and checksum are left out of the member's own header.
      bytes += number(localSignature, 4) + number(20, 2) + number(member.flags | 8, 2)
      bytes += number(member.method, 2) + number(0, 16) + number(member.localName.count, 2)
      bytes += number(0, 2) + member.localName + member.data
      directory += number(directorySignature, 4) + number(20, 2) + number(20, 2)
      directory += number(member.flags | 8, 2) + number(member.method, 2) + number(0, 4)
      directory += number(Int(member.checksum), 4)
      directory += number(member.storedByteCount ?? member.data.count, 4)
      directory += number(member.byteCount ?? member.data.count, 4)
      directory += number(member.name.count, 2) + number(member.extra.count, 2)
      directory += number(0, 2) + number(member.disk, 2) + number(0, 6)
      directory += number(member.offset ?? offset, 4) + member.name + member.extra
    }
    let directoryStart = bytes.count
    bytes += directory + gap
    if let large {
      let start = bytes.count
      bytes += number(0x0606_4B50, 4) + number(44, 8) + number(45, 2) + number(45, 2)
      bytes += number(large.disk, 4) + number(0, 4) + number(large.count, 8)
      bytes += number(large.count, 8) + number(directory.count, 8) + number(directoryStart, 8)
      bytes += number(0x0706_4B50, 4) + number(0, 4) + number(large.offset ?? start, 8)
      bytes += number(1, 4)
    }
    bytes += number(0x0605_4B50, 4) + number(disk, 2) + number(disk, 2)
    bytes += number(hereCount ?? count ?? members.count, 2) + number(count ?? members.count, 2)
    bytes += number(directoryByteCount ?? directory.count, 4)
    bytes += number(directoryOffset ?? directoryStart, 4) + number(comment.count, 2) + comment
    return bytes
  }
}
