import Foundation
import Safetensors
import ShardedCheckpoint
import TensorStorage
import TestSupport
import Testing

struct ShardedTensorsTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(
      Self.shard(#"{"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#, dataByteCount: 2),
      to: "model-00001-of-00002.safetensors")
    try folder.write(
      Self.shard(#"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#, dataByteCount: 3),
      to: "model-00002-of-00002.safetensors")
  }

  private func open(_ map: String, totalSize: String = "5") throws -> ShardedTensors {
    try folder.write(
      #"{"metadata":{"total_size":\#(totalSize)},"weight_map":\#(map)}"#,
      to: "model.safetensors.index.json")
    return try Self.open(folder.path("model.safetensors.index.json"))
  }

  /// A safetensors file: the header's length, the header, and bytes that count up.
  private static func shard(_ header: String, dataByteCount: Int) -> [UInt8] {
    let text = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
      + (0..<dataByteCount).map { UInt8(truncatingIfNeeded: $0) }
  }

  private static func open(_ path: String) throws -> ShardedTensors {
    try ShardedTensors(indexPath: path) { try SafetensorsFile(path: $0) }
  }

  private let map =
    #"{"a":"model-00002-of-00002.safetensors","b":"model-00001-of-00002.safetensors"}"#

  @Test func `reads tensors from their shards`() throws {
    let shards = try open(map)
    #expect(shards.tensors.map(\.name) == ["b", "a"])
    #expect(
      shards.sourcePaths.map { $0.suffix(20) } == [
        "0001-of-00002.safetensors".suffix(20), "0002-of-00002.safetensors".suffix(20),
      ])
    #expect(try shards.bytes(of: shards.tensors[1]) == [0, 1, 2])
    #expect(shards.notes == [])
    #expect(shards.formatName == "sharded safetensors")
  }

  @Test func `finds names that stand without their scope in a shard`() throws {
    let scoped =
      #"{"net/a":"model-00002-of-00002.safetensors","net/b":"model-00001-of-00002.safetensors"}"#
    #expect(try open(scoped).tensors.map(\.name) == ["b", "a"])
    let twoScopes = #"{"net/x/a":"model-00002-of-00002.safetensors"}"#
    let error = try #require(throws: ShardIndexError.self) { try open(twoScopes) }
    #expect(clauseName(error.clause) == "tensorNotInShard")
  }

  @Test func `refuses to read a tensor that no shard has`() throws {
    let shards = try open(map)
    let stranger = TensorDescription(name: "z", elementType: .u8, shape: [1])
    let error = try #require(throws: ShardIndexError.self) { try shards.bytes(of: stranger) }
    #expect(error.clause == .noSuchTensor(tensor: "z"))
  }

  @Test func `20000 damaged indexes are read or refused`() throws {
    let bytes = Array(
      #"{"metadata":{"total_size":5},"weight_map":\#(map)}"#.utf8)
    let files = try [1, 2].map { "model-0000\($0)-of-00002.safetensors" }
      .map { ($0, try folder.bytes($0)) }
    let count = try MutationCount(
      of: [bytes], count: 20_000, seed: 2, as: "model.safetensors.index.json",
      isExpected: { $0 is any DescribedError }
    ) { path in
      // The shards lie beside the damaged index.
      let place = path.prefix(through: try #require(path.lastIndex(of: "/")))
      for (name, content) in files where access(place + name, F_OK) != 0 {
        try Data(content).write(to: URL(fileURLWithPath: place + name))
      }
      let shards = try Self.open(path)
      for tensor in shards.tensors { _ = try shards.bytes(of: tensor) }
    }
    #expect(count.refused > 10_000 && count.read > 100, "\(count)")
    #expect(count.longest < .seconds(10), "\(count)")
  }

  @Test(arguments: ["6", "5e0", "12345678901234567890", "\"5\""])
  func `only notes a total that does not fit`(total: String) throws {
    let notes = try open(map, totalSize: total).notes
    #expect(notes.count == (total == "5e0" || total == "\"5\"" ? 0 : 1))
  }

  @Test func `offers a tensor that the index forgot, and notes it`() throws {
    try folder.write(
      Self.shard(
        #"{"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"#
          + #""c":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}"#, dataByteCount: 2),
      to: "model-00001-of-00002.safetensors")
    let shards = try open(map)
    #expect(shards.tensors.count == 3)
    #expect(shards.notes == ["1 tensors of the shards are not in the index"])
  }

  @Test(arguments: [
    (#"{"a":"/etc/passwd"}"#, "notPlainFileName"), (#"{"a":"../x"}"#, "notPlainFileName"),
    (#"{"a":".."}"#, "notPlainFileName"), (#"{"a":""}"#, "notPlainFileName"),
    (#"{"a":"x\u0000y"}"#, "notPlainFileName"), (#"{"a":3}"#, "shardNotString"),
    (#"{"a":["x"]}"#, "shardNotString"), (#"{"/a":["x",3]}"#, "shardNotString"),
    (#"{"/a":["x","../y"]}"#, "notPlainFileName"), (#"{"/a":["x"]}"#, "missingShard"),
    ("[]", "noWeightMap"), (#"{"a":"elsewhere.safetensors"}"#, "missingShard"),
    (#"{"a":"model-00001-of-00002.safetensors"}"#, "tensorNotInShard"),
  ])
  func `refuses an index that does not fit`(map: String, clause: String) throws {
    let error = try #require(throws: ShardIndexError.self) { try open(map) }
    try HostileFile.keep(
      folder.path("model.safetensors.index.json"), format: "shards",
      clause: clauseName(error.clause))
    #expect(clauseName(error.clause) == clause)
  }

  @Test func `shards whose names differ only in their composition are two files`() throws {
    let (composed, decomposed) = ("\u{E9}.safetensors", "e\u{301}.safetensors")
    for (name, tensor) in [(composed, "a"), (decomposed, "b")] {
      try folder.write(
        Self.shard(
          #"{"\#(tensor)":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#, dataByteCount: 2),
        to: name)
    }
    let shards = try open(#"{"a":"\#(composed)","b":"\#(decomposed)"}"#, totalSize: "4")
    #expect(Set(shards.tensors.map(\.name)) == ["a", "b"])
    #expect(shards.sourcePaths.count == 2)
  }

  @Test func `refuses a tensor that is in two shards`() throws {
    try folder.write(
      Self.shard(#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#, dataByteCount: 2),
      to: "model-00001-of-00002.safetensors")
    let map = #"{"a":"model-00001-of-00002.safetensors","x":"model-00002-of-00002.safetensors"}"#
    let error = try #require(throws: ShardIndexError.self) { try open(map) }
    try HostileFile.keep(
      folder.path("model.safetensors.index.json"), format: "shards",
      clause: clauseName(error.clause))
    #expect(clauseName(error.clause) == "tensorInTwoShards")
  }
}
