import JSON
import TensorStorage
import TestSupport
import Testing

@testable import WeightFile

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct WeightFileRoundTripTests {
  private static let tensors = [
    TensorDescription(name: "scalar", elementType: .i64, shape: []),
    TensorDescription(name: "halves", elementType: .f16, shape: [3, 5]),
    TensorDescription(name: "none", elementType: .bf16, shape: [0, 7]),
    TensorDescription(name: "names \u{E9}", elementType: .u8, shape: [65]),
    TensorDescription(name: "names e\u{301}", elementType: .u8, shape: [1]),
    TensorDescription(name: "bf", elementType: .bf16, shape: [2, 1, 2]),
    TensorDescription(name: "words", elementType: .i32, shape: [2, 3]),
    TensorDescription(name: "last none", elementType: .f32, shape: [0]),
  ]

  private static let data = (0..<tensors.reduce(0) { $0 + $1.byteCount }).map {
    UInt8($0 * 7 % 256)
  }

  /// Writes the tensors in pieces of a fixed size.
  private static func write(to path: String, pieceByteCount: Int) throws {
    var writer = try WeightFileWriter(
      path: path, collision: .keepExisting, kind: "training", metadata: ["step": 7],
      tensors: tensors)
    var start = 0
    while start < data.count {
      try writer.write(Array(data[start..<min(start + pieceByteCount, data.count)]))
      start += pieceByteCount
    }
    try writer.finish()
  }

  @Test func `every tensor comes back with its bytes, aligned`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("all.rmtw")
    try Self.write(to: path, pieceByteCount: 1000)
    let file = try WeightFile(path: path)
    try file.verify()
    #expect(file.kind == "training")
    #expect(file.metadata["step"] == 7)
    #expect(file.tensors == Self.tensors)
    var start = 0
    for tensor in Self.tensors {
      let expected = Array(Self.data[start..<start + tensor.byteCount])
      let bytes = try #require(file.bytes(of: tensor.name))
      #expect(Array(bytes) == expected, "\(tensor.name)")
      #expect(try file.bytes(of: tensor) == expected)
      #expect(try #require(file.byteRange(of: tensor.name)).lowerBound % 64 == 0)
      #expect(file.tensor(named: tensor.name) == tensor)
      start += tensor.byteCount
    }
    #expect(file.tensor(named: "absent") == nil)
    #expect(file.bytes(of: "absent") == nil)
  }

  @Test(arguments: [1, 3, 64, 97])
  func `the file does not depend on how the bytes were cut`(pieceByteCount: Int) throws {
    let folder = try TemporaryFolder()
    try Self.write(to: folder.path("whole"), pieceByteCount: Self.data.count)
    try Self.write(to: folder.path("cut"), pieceByteCount: pieceByteCount)
    #expect(try folder.bytes("whole") == folder.bytes("cut"))
  }

  @Test func `names that only look alike are two tensors`() throws {
    let folder = try TemporaryFolder()
    try Self.write(to: folder.path("names"), pieceByteCount: 100)
    let file = try WeightFile(path: folder.path("names"))
    #expect(file.bytes(of: "names \u{E9}")?.count == 65)
    #expect(file.bytes(of: "names e\u{301}")?.count == 1)
  }

  @Test func `a part of the rows is read`() throws {
    let folder = try TemporaryFolder()
    try Self.write(to: folder.path("rows"), pieceByteCount: 100)
    let file = try WeightFile(path: folder.path("rows"))
    let tensor = try #require(file.tensor(named: "halves"))
    var rows = [UInt8](repeating: 0, count: 20)
    try rows.withUnsafeMutableBytes { try file.readRows(1..<3, of: tensor, into: $0) }
    #expect(rows == Array(Self.data[18..<38]))
  }

  @Test func `a file without tensors ends where data would begin`() throws {
    let folder = try TemporaryFolder()
    let writer = try WeightFileWriter(
      path: folder.path("none"), collision: .keepExisting, kind: "model", metadata: [:],
      tensors: [])
    try writer.finish()
    let file = try WeightFile(path: folder.path("none"))
    try file.verify()
    #expect(file.tensors.isEmpty)
    #expect(file.byteCount == 4096)
  }

  @Test func `opening touches the header alone, however long the data`() throws {
    // 64 GiB that are not there: anything that reads them would take minutes.
    let folder = try TemporaryFolder()
    let path = folder.path("huge")
    let tensors = (0..<64).map {
      TensorDescription(name: "t\($0)", elementType: .f32, shape: [1 << 14, 1 << 14])
    }
    let layout = try WeightFileLayout(path: path, kind: "model", metadata: [:], tensors: tensors)
    let checksums = [Checksum](repeating: Checksum(0), count: tensors.count)
    try folder.write(layout.header(checksums: checksums), to: "huge")
    try #require(truncate(path, off_t(layout.fileByteCount)) == 0)
    let file = try WeightFile(path: path)
    #expect(file.byteCount > 64 << 30)
    #expect(file.bytes(of: "t63")?.count == 1 << 30)
  }
}
