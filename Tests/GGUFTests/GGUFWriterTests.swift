import Foundation
import GGUF
import TensorStorage
import TestSupport
import Testing

@Suite struct GGUFWriterTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func `what is written is read, metadata of every kind among it`() throws {
    let metadata: [(key: String, value: GGUFValue)] = [
      ("u", .unsigned(7)), ("large", .unsigned(1 << 40)), ("i", .signed(-7)),
      ("small", .signed(-1 << 40)), ("f", .number(0.5)), ("b", .bool(true)),
      ("s", .string("wörter")), ("a", .array([.string("x"), .string("")])),
      ("t", .array([.signed(1), .signed(3)])),
    ]
    let entries = [
      GGUFWriter.Entry(name: "m", shape: [2, 3], type: .f32),
      GGUFWriter.Entry(name: "none", shape: [0], type: .f16),
      GGUFWriter.Entry(name: "v", shape: [5], type: .f16),
    ]
    let path = folder.path("m.gguf")
    var writer = try GGUFWriter(
      path: path, collision: .keepExisting, metadata: metadata, entries: entries)
    for byte in 0..<34 { try [UInt8(byte)].withUnsafeBytes { try writer.write($0) } }
    try writer.finish()
    let file = try GGUFFile(path: path)
    for (key, value) in metadata { #expect(file[key] == value) }
    #expect(file.tensors.map(\.shape) == [[2, 3], [0], [5]])
    #expect(try file.bytes(of: file.tensors[0]) == Array(0..<24))
    #expect(try file.bytes(of: file.tensors[2]) == Array(24..<34))
    #expect(try folder.bytes("m.gguf").count % 32 == 0)
  }

  /// The reference quantised the numbers of f32.gguf; both files are its own.
  @Test func `quantises to the reference's bits`() throws {
    let floats = try GGUFFile(path: Fixtures.path("gguf/f32.gguf"))
    let quantized = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("gguf/q8_0.gguf")))
    for name in ["token_embd.weight", "blk.0.ffn_down.weight"] {
      let tensor = try #require(floats.tensor(named: name))
      let encoded = try floats.floats(of: tensor).withUnsafeBufferPointer { Q8Block.encode($0) }
      #expect(quantized.firstRange(of: Data(encoded)) != nil, "\(name)")
    }
  }

  @Test func `zeros, and numbers that are none, make blocks too`() {
    let zeros = [Float](repeating: 0, count: 32).withUnsafeBufferPointer { Q8Block.encode($0) }
    #expect(zeros == [UInt8](repeating: 0, count: 34))
    var odd = [Float](repeating: 1, count: 32)
    odd[3] = .nan
    odd[4] = .infinity
    #expect(odd.withUnsafeBufferPointer { Q8Block.encode($0) }.count == 34)
  }
}
