import TensorStorage
import TestSupport
import Testing

@testable import ZipArchive

struct ZipArchiveTests {
  private static let example = ZipBytes([
    .init("a/one", Array("first".utf8)), .init("a/ü", []), .init("../etc/passwd", [1, 2, 3]),
  ])

  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func open(_ archive: ZipBytes) throws -> ZipArchive {
    try ZipArchive(path: folder.write(archive.bytes, to: "example.zip"))
  }

  @Test func `reads members whose own headers have no sizes`() throws {
    let archive = try open(Self.example)
    #expect(archive.members.map(\.name) == ["a/one", "a/ü", "../etc/passwd"])
    let member = try #require(archive.member(named: "a/one"))
    #expect(try archive.range(of: member) == 35..<40)
    #expect(try archive.bytes(of: member, maximumByteCount: 5) == Array("first".utf8))
    #expect(archive.member(named: "a/two") == nil)
    let empty = try #require(archive.member(named: "a/ü"))
    #expect(try archive.bytes(of: empty, maximumByteCount: 0) == [])
  }

  @Test func `reads an archive of no members, and one with a comment`() throws {
    #expect(try open(ZipBytes([])).members == [])
    var commented = Self.example
    commented.comment = Array("PK\u{5}\u{6} is how an end record begins".utf8)
    #expect(try open(commented).members.count == 3)
  }

  @Test func `takes counts, sizes and offsets from the zip64 fields where they are saturated`()
    throws
  {
    var example = Self.example
    example.large = (3, nil, 0)
    example.count = 0xFFFF
    example.directoryByteCount = 0xFFFF_FFFF
    example.directoryOffset = 0xFFFF_FFFF
    example.members[2].byteCount = 0xFFFF_FFFF
    example.members[2].offset = 0xFFFF_FFFF
    let offset = 30 + 5 + 5 + 30 + 4
    // Another field first, then the size and the offset.
    example.members[2].extra =
      [0x55, 0x54, 1, 0, 9, 1, 0, 16, 0] + ZipBytes.number(3, 8) + ZipBytes.number(offset, 8)
    let archive = try open(example)
    #expect(try archive.bytes(of: archive.members[2], maximumByteCount: 3) == [1, 2, 3])
  }

  @Test func `reads what the writer streams, beyond it nothing`() throws {
    var writer = try ZipArchiveWriter(path: folder.path("x.zip"), collision: .replace)
    try writer.add("x/data.pkl", [1, 2, 3])
    try writer.add("x/empty", [])
    try writer.add("x/data/0", (0..<200).map { UInt8($0) })
    try writer.finish()
    let listing = try ZipListing(folder.bytes("x.zip")).members
    let archive = try ZipArchive(path: folder.path("x.zip"))
    #expect(archive.members.map(\.name) == listing.map(\.name))
    #expect(archive.members.map(\.checksum) == listing.map(\.checksum))
    #expect(try archive.members.map { try archive.range(of: $0) } == listing.map(\.dataRange))
    for member in listing {
      #expect(member.flags == 0x0808)
      #expect(member.checksum == member.descriptorChecksum)
      #expect(member.checksum == referenceCRC32(try folder.bytes("x.zip")[member.dataRange]))
    }
  }

  @Test func `passes over a checksum that was not computed, and refuses a wrong one`() throws {
    var example = Self.example
    example.members[0].checksum = 0
    var archive = try open(example)
    #expect(try archive.bytes(of: archive.members[0], maximumByteCount: 9).count == 5)
    example.members[0].checksum = 1
    archive = try open(example)
    let error = try #require(throws: ZipError.self) {
      try archive.bytes(of: archive.members[0], maximumByteCount: 9)
    }
    #expect(error.clause == .checksum(member: "a/one"))
  }
}
