import Testing

@testable import ZipArchive

struct ZipRecordTests {
  private static let fourGiB = 1 << 32

  @Test(arguments: [0, 1, 63, 64, 4_000_000_001, fourGiB, fourGiB + 17], [0, 5, fourGiB])
  func `begins data on 64 bytes`(offset: Int, byteCount: Int) {
    let record = ZipRecord(name: Array("archive/data/0".utf8), byteCount: byteCount, offset: offset)
    #expect((offset + record.localHeader.count) % 64 == 0)
  }

  @Test func `moves sizes from 4 GiB on into the zip64 field`() throws {
    let name = Array("n".utf8)
    let record = ZipRecord(name: name, byteCount: Self.fourGiB, offset: 0, checksum: 7)
    #expect(Array(record.localHeader[18..<26]) == [UInt8](repeating: 0xFF, count: 8))
    #expect(Array(record.localHeader[31..<35]) == [1, 0, 16, 0])
    #expect(
      record.dataDescriptor == [
        0x50, 0x4B, 7, 8, 7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
      ])
    let central = record.centralHeader
    #expect(Array(central[20..<28]) == [UInt8](repeating: 0xFF, count: 8))
    #expect(
      Array(central[47...]) == [1, 0, 16, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0])
  }

  @Test func `moves an offset from 4 GiB on into the zip64 field`() {
    let record = ZipRecord(name: Array("n".utf8), byteCount: 3, offset: Self.fourGiB + 2)
    #expect(record.dataDescriptor.count == 16)
    let central = record.centralHeader
    #expect(Array(central[42..<46]) == [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(Array(central[47...]) == [1, 0, 8, 0, 2, 0, 0, 0, 1, 0, 0, 0])
  }

  @Test func `saturates the old end record of a large archive`() {
    let end = ZipRecord.end(
      recordCount: 70_000, directoryOffset: Self.fourGiB, directoryByteCount: 9)
    #expect(end.count == 56 + 20 + 22)
    #expect(
      Array(end.suffix(22)) == [
        0x50, 0x4B, 5, 6, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 9, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,
        0, 0,
      ])
    #expect(Array(end[48..<56]) == [0, 0, 0, 0, 1, 0, 0, 0])
  }
}
