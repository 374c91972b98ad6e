import Safetensors
import TensorStorage
import TestSupport
import Testing

struct SafetensorsShardsTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(
      safetensors(#"{"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#, dataByteCount: 2),
      to: "model-00001-of-00002.safetensors")
    try folder.write(
      safetensors(#"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#, dataByteCount: 3),
      to: "model-00002-of-00002.safetensors")
  }

  private func open(_ map: String, totalSize: String = "5") throws -> SafetensorsShards {
    try folder.write(
      #"{"metadata":{"total_size":\#(totalSize)},"weight_map":\#(map)}"#,
      to: SafetensorsShards.indexName)
    return try SafetensorsShards(folder: folder.path)
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
  }

  @Test(arguments: ["6", "5e0", "12345678901234567890", "\"5\""])
  func `only notes a total that does not fit`(total: String) throws {
    let notes = try open(map, totalSize: total).notes
    #expect(notes.count == (total == "5e0" || total == "\"5\"" ? 0 : 1))
  }

  @Test func `offers a tensor that the index forgot, and notes it`() throws {
    try folder.write(
      safetensors(
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
    ("[]", "noWeightMap"), (#"{"a":"elsewhere.safetensors"}"#, "missingShard"),
    (#"{"a":"model-00001-of-00002.safetensors"}"#, "tensorNotInShard"),
  ])
  func `refuses an index that does not fit`(map: String, clause: String) throws {
    let error = try #require(throws: SafetensorsIndexError.self) { try open(map) }
    #expect(clauseName(error.clause) == clause)
  }

  @Test func `refuses a tensor that is in two shards`() throws {
    try folder.write(
      safetensors(#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#, dataByteCount: 2),
      to: "model-00001-of-00002.safetensors")
    let map = #"{"a":"model-00001-of-00002.safetensors","x":"model-00002-of-00002.safetensors"}"#
    let error = try #require(throws: SafetensorsIndexError.self) { try open(map) }
    #expect(clauseName(error.clause) == "tensorInTwoShards")
  }
}
