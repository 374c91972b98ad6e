import GGUF
import Safetensors
import TensorStorage
import TestSupport
import Testing

@Suite struct GGUFFileTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [("f32", ElementType.f32), ("f16", .f16), ("bf16", .bf16), ("q8_0", .f32)])
  func `reads every type as the reference does, to the bit`(name: String, type: ElementType) throws
  {
    let file = try GGUFFile(path: Fixtures.path("gguf/\(name).gguf"))
    let truth = try SafetensorsFile(path: Fixtures.path("gguf/truth/\(name).safetensors"))
    let names = [
      "token_embd.weight": "embeddings.word_embeddings.weight",
      "position_embd.weight": "embeddings.position_embeddings.weight",
      "blk.0.ffn_down.weight": "encoder.layer.0.output.dense.weight",
      "blk.0.attn_q.bias": "encoder.layer.0.attention.self.query.bias",
    ]
    for (name, original) in names {
      let tensor = try #require(file.tensor(named: name))
      let expected = try #require(truth.tensor(named: original))
      #expect(tensor.shape == expected.shape)
      #expect(try file.floats(of: tensor) == truth.floats(of: expected))
    }
    #expect(file.tensor(named: "token_embd.weight")?.elementType == type)
    #expect(file.tensors.count == 21)
  }

  @Test func `rows in the middle of a quantised tensor are those of the whole`() throws {
    let file = try GGUFFile(path: Fixtures.path("gguf/q8_0.gguf"))
    let tensor = try #require(file.tensor(named: "token_embd.weight"))
    let whole = try file.bytes(of: tensor)
    var rows = [UInt8](repeating: 0, count: 3 * tensor.bytesPerRow)
    try rows.withUnsafeMutableBytes { try file.readRows(7..<10, of: tensor, into: $0) }
    #expect(rows == Array(whole[7 * tensor.bytesPerRow..<10 * tensor.bytesPerRow]))
  }

  @Test func `reads metadata of every type`() throws {
    var bytes = GGUFBytes()
    bytes.members = [
      GGUFBytes.member("u8", 0, [200]), GGUFBytes.member("i8", 1, [0xFF]),
      GGUFBytes.member("u16", 2, [1, 1]), GGUFBytes.member("i16", 3, [0xFE, 0xFF]),
      GGUFBytes.member("u32", 4, [1, 0, 0, 0]),
      GGUFBytes.member("i32", 5, GGUFBytes.integer(-3 as Int32)),
      GGUFBytes.member("f32", 6, GGUFBytes.integer(Float(1.5).bitPattern)),
      GGUFBytes.member("bool", 7, [1]), GGUFBytes.member("string", 8, GGUFBytes.string("wörter")),
      GGUFBytes.member(
        "strings", 9, GGUFBytes.array(8, count: 2, GGUFBytes.string("a") + GGUFBytes.string(""))),
      GGUFBytes.member("u64", 10, GGUFBytes.integer(UInt64.max)),
      GGUFBytes.member("i64", 11, GGUFBytes.integer(Int64.min)),
      GGUFBytes.member("f64", 12, GGUFBytes.integer((0.25).bitPattern)),
    ]
    let file = try GGUFFile(path: folder.write(bytes.bytes, to: "m.gguf"))
    #expect(
      file["u8"] == .unsigned(200) && file["i8"] == .signed(-1) && file["u16"] == .unsigned(257))
    #expect(file["i16"] == .signed(-2) && file["u32"]?.integer == 1 && file["i32"]?.integer == -3)
    #expect(file["f32"]?.double == 1.5 && file["bool"]?.bool == true)
    #expect(file["string"]?.string == "wörter")
    #expect(file["strings"]?.array == [.string("a"), .string("")])
    #expect(
      file["u64"]?.integer == nil && file["i64"]?.integer == .min && file["f64"]?.double == 0.25)
    #expect(file["other"] == nil)
  }

  @Test func `takes version 2, other alignments, and tensors without elements`() throws {
    var bytes = GGUFBytes()
    bytes.version = 2
    bytes.alignment = 64
    bytes.members.append(GGUFBytes.member("general.alignment", 4, [64, 0, 0, 0]))
    bytes.tensors = [
      GGUFBytes.tensor("none", [4, 0], 0, 0), GGUFBytes.tensor("a", [4, 2], 0, 0),
      GGUFBytes.tensor("scalar", [], 0, 64),
    ]
    bytes.data = [UInt8](repeating: 0, count: 64) + [0, 0, 0x80, 0x3F]
    let file = try GGUFFile(path: folder.write(bytes.bytes, to: "m.gguf"))
    #expect(file.tensors.map(\.shape) == [[0, 4], [2, 4], []])
    #expect(try file.floats(of: file.tensors[2]) == [1])
    #expect(try file.bytes(of: file.tensors[0]).isEmpty)
  }
}
