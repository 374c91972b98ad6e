import TensorStorage
import TestSupport
import Testing

@Suite struct ByteReaderTests {
  @Test func `reads a file in windows as it reads memory`() throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let file = try RandomAccessFile(path: folder.write(bytes, to: "file"))
    for var reader in [ByteReader(file), ByteReader(bytes, path: "memory")] {
      #expect(try reader.byte() == bytes[0])
      #expect(try reader.bytes(65_530) == Array(bytes[1..<65_531]))
      #expect(try reader.integer(UInt64.self).littleEndianBytes == Array(bytes[65_531..<65_539]))
      #expect(try reader.bytes(100_000) == Array(bytes[65_539..<165_539]))
      try reader.skip(34_000)
      #expect(reader.remaining == 461)
      #expect(try reader.integer(UInt16.self).littleEndianBytes == Array(bytes[199_539..<199_541]))
      reader.move(to: 10..<12)
      #expect(try reader.bytes(2) == Array(bytes[10..<12]))
      #expect(reader.remaining == 0)
    }
  }

  @Test func `ends where it must, and says what is missing`() throws {
    var reader = ByteReader([1, 2, 3], path: "memory")
    _ = try reader.byte()
    let error = #expect(throws: TruncatedBytes.self) { try reader.integer(UInt32.self) }
    #expect(error?.position == 1 && error?.missing == 2)
    #expect(error?.description.contains("memory, byte 1") == true)
    #expect(throws: TruncatedBytes.self) { try reader.bytes(.max) }
    #expect(throws: TruncatedBytes.self) { try reader.skip(3) }
    #expect(try reader.bytes(2) == [2, 3])
  }
}

extension UnsignedInteger where Self: FixedWidthInteger {
  fileprivate var littleEndianBytes: [UInt8] {
    withUnsafeBytes(of: littleEndian) { Array($0) }
  }
}
