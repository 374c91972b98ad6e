import TensorStorage
import TestSupport
import Testing
import ZipArchive

@testable import PyTorchCheckpoint

struct PyTorchZipWriterTests {
  private static let entries = [
    PyTorchZipWriter.Entry(TensorDescription(name: "a", elementType: .f32, shape: [2, 3])),
    PyTorchZipWriter.Entry(
      TensorDescription(name: "b", elementType: .f32, shape: [2, 3]), sharedWith: "a"),
    PyTorchZipWriter.Entry(TensorDescription(name: "e", elementType: .f16, shape: [0, 4])),
    PyTorchZipWriter.Entry(TensorDescription(name: "c", elementType: .i64, shape: [3])),
    PyTorchZipWriter.Entry(TensorDescription(name: "s", elementType: .bf16, shape: [])),
  ]

  private func write(_ entries: [PyTorchZipWriter.Entry], pieceByteCount: Int) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    var writer = try PyTorchZipWriter(
      path: folder.path("model.bin"), collision: .replace, entries: entries)
    for storage in writer.tensors {
      let bytes = (0..<storage.byteCount).map { UInt8($0) }
      for start in stride(from: 0, to: bytes.count, by: pieceByteCount) {
        try bytes[start..<min(start + pieceByteCount, bytes.count)].withUnsafeBytes {
          try writer.write($0)
        }
      }
    }
    try writer.finish()
    return try folder.bytes("model.bin")
  }

  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func archive(_ bytes: [UInt8]) throws -> ZipArchive {
    try ZipArchive(path: folder.write(bytes, to: "model.bin"))
  }

  @Test func `lists the members of torch's archives, each on 64 bytes and with its checksum`()
    throws
  {
    let bytes = try write(Self.entries, pieceByteCount: 5)
    let archive = try archive(bytes)
    #expect(
      archive.members.map(\.name)
        == [
          "data.pkl", ".format_version", ".storage_alignment", "byteorder", "data/0", "data/1",
          "data/2", "data/3", "version", ".data/serialization_id",
        ].map { "archive/" + $0 })
    var texts: [String: [UInt8]] = [:]
    for member in archive.members {
      #expect(try archive.range(of: member).lowerBound % 64 == 0)
      #expect(member.checksum != 0 || member.byteCount == 0)
      texts[member.name] = try archive.bytes(of: member, maximumByteCount: 1 << 20)
    }
    #expect(texts["archive/.format_version"] == Array("1".utf8))
    #expect(texts["archive/.storage_alignment"] == Array("64".utf8))
    #expect(texts["archive/byteorder"] == Array("little".utf8))
    #expect(texts["archive/version"] == Array("3\n".utf8))
    #expect(texts["archive/data/0"] == (0..<24).map { UInt8($0) })
    #expect(texts["archive/data/1"] == [])
    #expect(texts["archive/data/2"] == (0..<24).map { UInt8($0) })
    #expect(texts["archive/data/3"] == [0, 1])
    #expect(texts["archive/.data/serialization_id"]?.count == 40)
  }

  @Test func `writes the same bytes for the same tensors, however they come`() throws {
    #expect(
      try write(Self.entries, pieceByteCount: 1) == write(Self.entries, pieceByteCount: 1000))
  }

  @Test func `writes an empty state dict`() throws {
    #expect(try archive(write([], pieceByteCount: 1)).members.count == 6)
  }

  @Test func `pickles a state dict opcode by opcode`() {
    let pickle = StateDictPickle.bytes(of: [
      (TensorDescription(name: "a", elementType: .f32, shape: [2, 300]), 0),
      (TensorDescription(name: "b", elementType: .f32, shape: [70_000]), 1),
    ])
    var expected: [UInt8] = [0x80, 2]
    expected += "ccollections\nOrderedDict\nq\0)R(".utf8
    expected += "X\u{1}\0\0\0actorch._utils\n_rebuild_tensor_v2\nq\u{1}((".utf8
    expected += "X\u{7}\0\0\0storageq\u{2}ctorch\nFloatStorage\nq\u{3}X\u{1}\0\0\00".utf8
    expected += "X\u{3}\0\0\0cpuq\u{4}M".utf8
    expected += [0x58, 0x02]  // 600 elements
    expected += "tQK\0K\u{2}M".utf8
    expected += [0x2C, 0x01, 0x86]  // a tuple of 2 and 300
    expected += [0x4D, 0x2C, 0x01] + "K\u{1}".utf8 + [0x86, 0x89]  // strides 300 and 1; False
    expected += "h\0)RtR".utf8
    expected += "X\u{1}\0\0\0bh\u{1}((h\u{2}h\u{3}X\u{1}\0\0\01h\u{4}J".utf8
    expected += [0x70, 0x11, 0x01, 0x00]  // 70,000 elements
    expected += "tQK\0J".utf8
    expected += [0x70, 0x11, 0x01, 0x00, 0x85] + "K\u{1}".utf8 + [0x85, 0x89]
    expected += "h\0)RtRu.".utf8
    #expect(pickle == expected)
  }

  @Test func `pickles counts from four bytes to eight`() {
    var pickle = PickleWriter()
    for value in [255, 256, 65_535, 65_536, 2_147_483_647, 2_147_483_648] { pickle.integer(value) }
    let expected: [UInt8] =
      [0x80, 2, 0x4B, 255, 0x4D, 0, 1, 0x4D, 255, 255, 0x4A, 0, 0, 1, 0]
      + [0x4A, 255, 255, 255, 127, 0x8A, 8, 0, 0, 0, 128, 0, 0, 0, 0]
    #expect(pickle.bytes == expected)
  }

  @Test(arguments: [
    ("f8e4m3", nil, "unsupportedElementType"), ("f32", "none", "noSuchStorage"),
    ("f16", "a", "storageDiffers"),
  ])
  func `refuses what torch.load could not read`(
    type: String, sharedWith: String?, clause: String
  ) throws {
    let type = try #require(ElementType(rawValue: type))
    let entries = [
      PyTorchZipWriter.Entry(TensorDescription(name: "a", elementType: .f32, shape: [2])),
      PyTorchZipWriter.Entry(
        TensorDescription(name: "x", elementType: type, shape: [2]), sharedWith: sharedWith),
    ]
    let error = try #require(throws: PyTorchCheckpointError.self) {
      try write(entries, pieceByteCount: 1)
    }
    #expect(clauseName(error.clause) == clause)
  }

  @Test func `refuses a name that comes twice`() throws {
    let error = try #require(throws: PyTorchCheckpointError.self) {
      try write([Self.entries[0], Self.entries[0]], pieceByteCount: 1)
    }
    #expect(error.clause == .repeatedName)
  }
}
