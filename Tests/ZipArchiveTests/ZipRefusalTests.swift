import TensorStorage
import TestSupport
import Testing

@testable import ZipArchive

struct ZipRefusalTests {
  /// One archive for each rule that it breaks.
  private static let archives: [(clause: String, change: @Sendable (inout ZipBytes) -> Void)] = [
    (
      "noEndRecord",
      {
        $0.comment = [0]; $0.members = []; $0.gap = []; $0.directoryOffset = 0
      }
    ),
    ("noLargeEndRecord", { $0.count = 0xFFFF }),
    ("noLargeEndRecord", { $0.large = (2, 7, 0) }),
    ("noLargeEndRecord", { $0.large = (2, -1, 0) }),
    ("endRecordsDiffer", { $0.large = (1, nil, 0) }),
    ("severalFiles", { $0.disk = 1 }),
    ("severalFiles", { $0.hereCount = 1 }),
    ("severalFiles", { $0.large = (2, nil, 1) }),
    ("severalFiles", { $0.members[0].disk = 1 }),
    ("directoryMisplaced", { $0.gap = [0] }),
    ("directoryMisplaced", { $0.directoryOffset = 0 }),
    ("directoryMisplaced", { $0.directoryOffset = 0x7FFF_FFFF }),
    ("directoryTooLarge", { $0.count = 1000 }),
    (
      "directoryTooLarge",
      {
        $0.count = 0xFFFF; $0.large = (1 << 50, nil, 0)
      }
    ),
    ("directoryMalformed", { $0.directorySignature = 0 }),
    ("directoryMalformed", { $0.count = 1 }),
    ("nameNotText", { $0.members[0].name = [0xFF] }),
    ("repeatedName", { $0.members[1].name = $0.members[0].name }),
    ("malformedLargeSize", { $0.members[0].offset = 0xFFFF_FFFF }),
    (
      "malformedLargeSize",
      {
        $0.members[0].offset = 0xFFFF_FFFF
        $0.members[0].extra = [1, 0, 8, 0] + [UInt8](repeating: 0xFF, count: 8)
      }
    ),
    ("memberBeyondEnd", { $0.members[1].storedByteCount = 4 }),
    ("memberBeyondEnd", { $0.members[1].offset = 0x7FFF_FFFF }),
    (
      "memberBeyondEnd",
      {
        $0.members[0].storedByteCount = 0xFFFF_FFFF
        $0.members[0].extra = [1, 0, 8, 0] + ZipBytes.number(.max, 8)
      }
    ),
    ("noLocalHeader", { $0.localSignature = 0 }),
    ("noLocalHeader", { $0.members[1].offset = 1 }),
    ("localNameDiffers", { $0.members[0].localName = Array("evil!".utf8) }),
    ("localNameDiffers", { $0.members[0].localName = [] }),
    ("localNameDiffers", { $0.members[0].localName += [0x21] }),
    ("overlap", { $0.members[0].storedByteCount = 6 }),
  ]

  private static let example = ZipBytes([
    .init("a/one", Array("first".utf8)), .init("two", [1, 2, 3]),
  ])

  @Test(arguments: archives.indices)
  func `refuses an archive that breaks a rule when it is opened`(index: Int) throws {
    let folder = try TemporaryFolder()
    var example = Self.example
    Self.archives[index].change(&example)
    var bytes = example.bytes
    if Self.archives[index].clause == "noEndRecord" { bytes.removeLast() }
    let path = try folder.write(bytes, to: "bad.zip")
    let error = try #require(throws: ZipError.self) { try ZipArchive(path: path) }
    #expect(clauseName(error.clause) == Self.archives[index].clause, "\(error)")
    #expect(error.description.contains("bad.zip"))
    try HostileFile.keep(path, format: "zip", clause: clauseName(error.clause))
  }

  @Test func `refuses files that end before an end record could`() throws {
    let folder = try TemporaryFolder()
    for count in [0, 1, 21] {
      let bytes = Self.example.bytes.suffix(22).prefix(count)
      let error = try #require(throws: ZipError.self) {
        try ZipArchive(path: folder.write(bytes, to: "short.zip"))
      }
      #expect(error.clause == .noEndRecord)
    }
  }

  @Test func `names the member that is compressed, encrypted, of two sizes or too large`() throws {
    let folder = try TemporaryFolder()
    func refusal(_ change: (inout ZipBytes.Member) -> Void) throws -> ZipError {
      var example = Self.example
      change(&example.members[1])
      let archive = try ZipArchive(path: folder.write(example.bytes, to: "odd.zip"))
      return try #require(throws: ZipError.self) {
        try archive.bytes(of: archive.members[1], maximumByteCount: 2)
      }
    }
    #expect(try refusal { $0.method = 8 }.clause == .compressed(member: "two", method: 8))
    #expect(try refusal { $0.flags = 1 }.clause == .encrypted(member: "two"))
    #expect(try refusal { $0.byteCount = 4 }.clause == .storedSizesDiffer(member: "two"))
    let tooLarge = try refusal { _ in }
    #expect(tooLarge.clause == .memberTooLarge(member: "two", byteCount: 3, maximum: 2))
    #expect(try refusal { $0.method = 8 }.description.contains("zip -0"))
  }

  @Test func `20000 damaged archives are read or refused`() throws {
    var large = Self.example
    large.large = (2, nil, 0)
    large.count = 0xFFFF
    let count = try MutationCount(
      of: [Self.example.bytes, large.bytes], count: 20_000, seed: 1, as: "damaged.zip",
      isExpected: { $0 is any DescribedError }
    ) { path in
      let archive = try ZipArchive(path: path)
      for member in archive.members { _ = try archive.bytes(of: member, maximumByteCount: 1 << 20) }
    }
    #expect(count.refused > 10_000, "\(count)")
    #expect(count.longest < .seconds(10), "\(count)")
  }
}
