import Foundation
import TensorFlowCheckpoint
import TensorStorage
import TestSupport
import Testing

@Suite struct TensorFlowCheckpointTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func fixture(_ name: String) throws -> TensorFlowCheckpoint {
    try TensorFlowCheckpoint(indexPath: Fixtures.path("tensorflow/\(name).index"))
  }

  @Test func `reads what TensorFlow wrote`() throws {
    let file = try fixture("google/bert_model.ckpt")
    #expect(file.tensors.count == 51)
    #expect(file.skipped.isEmpty)
    let table = try #require(file.tensor(named: "bert/embeddings/word_embeddings"))
    #expect(table.shape == [40, 8] && table.elementType == .f32)
    let step = try #require(file.tensor(named: "global_step"))
    #expect(step.elementType == .i64 && step.shape == [])
    #expect(try file.bytes(of: step) == [0xD2, 0x04, 0, 0, 0, 0, 0, 0])
    #expect(
      file.sourcePaths.map { $0.split(separator: "/").last } == [
        "bert_model.ckpt.index", "bert_model.ckpt.data-00000-of-00001",
      ])
  }

  @Test(arguments: ["google_snappy/bert_model.ckpt", "google_shards/bert_model.ckpt"])
  func `compressed blocks and several data files hold the same`(name: String) throws {
    let plain = try fixture("google/bert_model.ckpt")
    let other = try fixture(name)
    #expect(other.sourcePaths.count == (name.contains("shards") ? 4 : 2))
    var common = 0
    for tensor in other.tensors {
      #expect(plain.tensor(named: tensor.name) == tensor)
      #expect(try other.bytes(of: tensor) == plain.bytes(of: tensor))
      common += 1
    }
    #expect(common >= 46)
  }

  @Test func `leaves text out and says so`() throws {
    let file = try fixture("objects/bert_model.ckpt-1")
    #expect(file.skipped.map(\.path) == ["_CHECKPOINTABLE_OBJECT_GRAPH"])
    #expect(file.skipped.map(\.reason) == ["holds text"])
    #expect(file.tensors.count == 40)
  }

  @Test func `big-endian values come little-endian`() throws {
    var entry = CheckpointFiles.Entry()
    let reversed = stride(from: 0, to: 24, by: 4).flatMap {
      CheckpointFiles.data[$0..<$0 + 4].reversed()
    }
    entry.check = CRC32C(of: reversed).maskedValue
    var files = CheckpointFiles(entry)
    files.byteOrder = 1
    try folder.write(reversed, to: "m.data-00000-of-00001")
    let file = try TensorFlowCheckpoint(indexPath: folder.write(files.index(), to: "m.index"))
    #expect(try file.floats(of: file.tensors[0]) == [0, 1, 2, 3, 4, 5])
  }

  @Test func `an index of many blocks is read through`() throws {
    var files = CheckpointFiles()
    files.entries = (0..<1000).map { number in
      (Array("name/\(10_000 + number)".utf8), CheckpointFiles.Entry().message)
    }
    try folder.write(CheckpointFiles.data, to: "m.data-00000-of-00001")
    let index = files.index(blockByteCount: 512)
    let file = try TensorFlowCheckpoint(indexPath: folder.write(index, to: "m.index"))
    #expect(file.tensors.map(\.name) == (0..<1000).map { "name/\(10_000 + $0)" })
    #expect(try file.floats(of: file.tensors[999]) == [0, 1, 2, 3, 4, 5])
  }

  @Test func `a tensor that is read through is checked, in whatever pieces`() throws {
    var data = CheckpointFiles.data
    data[5] ^= 1
    let files = CheckpointFiles()
    let path = try folder.write(files.index(), to: "m.index")
    try folder.write(data, to: "m.data-00000-of-00001")
    let file = try TensorFlowCheckpoint(indexPath: path)
    let tensor = file.tensors[0]
    var row = [UInt8](repeating: 0, count: 12)
    // A single row cannot be checked; the walk from the first to the last is.
    try row.withUnsafeMutableBytes { try file.readRows(1..<2, of: tensor, into: $0) }
    try row.withUnsafeMutableBytes { try file.readRows(0..<1, of: tensor, into: $0) }
    let error = #expect(throws: TensorFlowCheckpointError.self) {
      try row.withUnsafeMutableBytes { try file.readRows(1..<2, of: tensor, into: $0) }
    }
    #expect(error.map { clauseName($0.clause) } == "dataChecksum")
    #expect(throws: TensorFlowCheckpointError.self) { try file.bytes(of: tensor) }
  }

  @Test func `what the writer makes comes back, and is the same each time`() throws {
    let tensors = [
      TensorDescription(name: "b", elementType: .f16, shape: [3]),
      TensorDescription(name: "a/b", elementType: .f32, shape: [2, 3]),
      TensorDescription(name: "a", elementType: .i64, shape: []),
      TensorDescription(name: "none", elementType: .f32, shape: [0, 4]),
    ]
    for name in ["one", "two"] {
      var writer = try TensorFlowCheckpointWriter(
        prefix: folder.path(name), collision: .keepExisting, tensors: tensors)
      #expect(writer.tensors.map(\.name) == ["a", "a/b", "b", "none"])
      for tensor in writer.tensors {
        let bytes = (0..<tensor.byteCount).map { UInt8($0 + tensor.name.utf8.count) }
        for byte in bytes { try [byte].withUnsafeBytes { try writer.write($0) } }
      }
      try writer.finish()
    }
    let file = try TensorFlowCheckpoint(indexPath: folder.path("one.index"))
    #expect(file.tensors.map(\.name) == ["a", "a/b", "b", "none"])
    for tensor in file.tensors {
      let bytes = (0..<tensor.byteCount).map { UInt8($0 + tensor.name.utf8.count) }
      #expect(try file.bytes(of: tensor) == bytes)
    }
    #expect(try folder.bytes("one.index") == folder.bytes("two.index"))
  }
}
