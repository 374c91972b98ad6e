import TensorStorage
import TestSupport
import Testing

@testable import WeightFile

@Suite struct ChecksumTests {
  @Test(arguments: [
    ([], "2d06800538d394c2"),
    (Array("abc".utf8), "78af5f94892f3950"),
    ((0..<1000).map { UInt8($0 % 251) }, "33ef703fb2b20ed1"),
  ])
  func `gives the known answers of XXH3`(bytes: [UInt8], expected: String) {
    #expect(bytes.withUnsafeBytes { Checksum(of: $0) }.description == expected)
  }

  @Test(arguments: [1, 7, 64, 255, 256, 257, 999])
  func `does not depend on where the bytes are cut`(pieceByteCount: Int) {
    let bytes = (0..<1000).map { UInt8($0 % 251) }
    var stream = StreamingChecksum()
    var start = 0
    while start < bytes.count {
      stream.update(Array(bytes[start..<min(start + pieceByteCount, bytes.count)]))
      start += pieceByteCount
    }
    #expect(Checksum(stream.value) == bytes.withUnsafeBytes { Checksum(of: $0) })
  }

  @Test func `reads a whole file`() throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<1_200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let path = try folder.write(bytes, to: "long")
    #expect(try Checksum(ofFile: path) == bytes.withUnsafeBytes { Checksum(of: $0) })
  }

  @Test(arguments: [
    "", "2d06800538d394c", "2d06800538d394c20", "2D06800538D394C2", "+d06800538d394c2", "２d0",
  ])
  func `refuses other spellings`(spelling: String) {
    #expect(Checksum(spelling: spelling) == nil)
  }

  @Test(arguments: [0, 1, 0x0123_4567_89AB_CDEF, UInt64.max])
  func `spells and reads back`(value: UInt64) {
    #expect(Checksum(spelling: Checksum(value).description) == Checksum(value))
  }
}
