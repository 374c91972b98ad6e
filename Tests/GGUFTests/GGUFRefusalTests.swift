import Foundation
import GGUF
import TensorStorage
import TestSupport
import Testing

/// The cases are those of the reference's own suite (ggml, `tests/test-gguf.cpp`), and a few more.
@Suite struct GGUFRefusalTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func clause(_ change: (inout GGUFBytes) -> Void) throws -> String? {
    var bytes = GGUFBytes()
    change(&bytes)
    let path = try folder.write(bytes.bytes, to: "m.gguf")
    let error = #expect(throws: GGUFError.self) { try GGUFFile(path: path) }
    #expect(error?.description.contains("m.gguf") == true && error?.kind == .badData)
    let clause = error.map { clauseName($0.clause) }
    try HostileFile.keep(path, format: "gguf", clause: clause ?? "none")
    return clause
  }

  @Test func `a well-formed file is read`() throws {
    _ = try GGUFFile(path: folder.write(GGUFBytes().bytes, to: "m.gguf"))
  }

  @Test func `refuses a header that breaks a rule, a case for each`() throws {
    #expect(try clause { $0.magic = Array("GGML".utf8) } == "magic")
    #expect(try clause { $0.version = 0 } == "version")
    #expect(try clause { $0.version = 1 } == "version")
    #expect(try clause { $0.version = 4 } == "version")
    #expect(try clause { $0.version = 0x0300_0000 } == "bigEndian")
    for count in [1 << 20, UInt64.max, 1 << 63, UInt64(Int.max) / 24] {
      #expect(try clause { $0.tensorCount = count } == "tensorCount")
      #expect(try clause { $0.memberCount = count } == "memberCount")
    }
    // Room enough, and still more than any model has.
    for change: (inout GGUFBytes) -> Void in [
      { $0.tensorCount = 1 << 17 + 1 }, { $0.memberCount = 1 << 16 + 1 },
    ] {
      var bytes = GGUFBytes()
      change(&bytes)
      let path = try folder.write(
        bytes.bytes + [UInt8](repeating: 0, count: 4 << 20), to: "m.gguf")
      let error = #expect(throws: GGUFError.self) { try GGUFFile(path: path) }
      #expect(error?.problem.contains("than the file can hold or any has") == true)
    }
    let empty = try folder.write([], to: "empty.gguf")
    #expect(throws: GGUFError.self) { try GGUFFile(path: empty) }
  }

  @Test func `refuses metadata that breaks a rule, a case for each`() throws {
    func member(_ key: String, _ type: UInt32, _ value: [UInt8]) throws -> String? {
      try clause { $0.members = [GGUFBytes.member(key, type, value)] }
    }
    #expect(try member("", 0, [1]) == "emptyKey")
    #expect(try member(String(repeating: "k", count: 65_536), 0, [1]) == "textTooLong")
    #expect(try member("k", 13, [1]) == "valueType")
    #expect(try member("k", 9, GGUFBytes.array(13, count: 1, [1])) == "valueType")
    #expect(try member("k", 9, GGUFBytes.array(9, count: 1, [1])) == "nestedArray")
    #expect(try member("k", 9, GGUFBytes.array(10, count: 1 << 61, [])) == "arrayCount")
    #expect(try member("k", 8, GGUFBytes.integer(UInt64.max)) == "textTooLong")
    #expect(try member("k", 8, GGUFBytes.integer(UInt64(1)) + [0xFF]) == "notText")
    #expect(try clause { $0.members = [$0.members[0], $0.members[0]] } == "duplicateKey")
    #expect(
      try member("general.alignment", 10, GGUFBytes.integer(UInt64(1) << 40)) == "alignmentType")
    #expect(try member("general.alignment", 8, GGUFBytes.string("32")) == "alignmentType")
    #expect(try member("general.alignment", 5, [32, 0, 0, 0]) == "alignmentType")
    #expect(try member("general.alignment", 4, [0, 0, 0, 0]) == "alignment")
    #expect(try member("general.alignment", 4, [33, 0, 0, 0]) == "alignment")
  }

  @Test func `refuses tensors that break a rule, a case for each`() throws {
    func tensor(_ bytes: [UInt8]) throws -> String? { try clause { $0.tensors = [bytes] } }
    #expect(
      try tensor(GGUFBytes.tensor(String(repeating: "n", count: 64), [4], 0, 0)) == "textTooLong")
    #expect(try tensor(GGUFBytes.tensor("a", [1, 1, 1, 1, 1], 0, 0)) == "axisCount")
    #expect(try tensor(GGUFBytes.tensor("a", [1 << 63], 0, 0)) == "axis")
    #expect(try tensor(GGUFBytes.tensor("a", [1 << 32, 1 << 31], 0, 0)) == "tooManyElements")
    #expect(try tensor(GGUFBytes.tensor("a", [1 << 62], 0, 0)) == "tooManyElements")
    #expect(try tensor(GGUFBytes.tensor("a", [1 << 50], 0, 0)) == "beyondEnd")
    #expect(try tensor(GGUFBytes.tensor("a", [4, 2], 99, 0)) == "unknownType")
    #expect(try tensor(GGUFBytes.tensor("a", [256], 12, 0)) == "unsupportedType")
    #expect(try tensor(GGUFBytes.tensor("a", [4, 8], 8, 0)) == "size")
    #expect(try tensor(GGUFBytes.tensor("a", [4, 2], 0, 32)) == "offset")
    #expect(try tensor(GGUFBytes.tensor("a", [4, 4], 0, 0)) == "beyondEnd")
    #expect(
      try clause { $0.tensors = [$0.tensors[0], GGUFBytes.tensor("a", [4, 2], 0, 32)] }
        == "duplicateName")
    #expect(
      try clause { $0.tensors = [$0.tensors[0], GGUFBytes.tensor("b", [4, 2], 0, 31)] } == "offset")
    // An alignment that the offsets do not keep to.
    #expect(
      try clause {
        $0.members.append(GGUFBytes.member("general.alignment", 4, [64, 0, 0, 0]))
        $0.tensors.append(GGUFBytes.tensor("b", [4, 2], 0, 32))
      } == "offset")
    #expect(try clause { $0.data.removeLast() } == "beyondEnd")
  }

  @Test func `names what is quantised more coarsely, and the way out`() throws {
    var bytes = GGUFBytes()
    bytes.tensors = [GGUFBytes.tensor("blk.0.attn_q.weight", [256], 12, 0)]
    let path = try folder.write(bytes.bytes, to: "m.gguf")
    let error = #expect(throws: GGUFError.self) { try GGUFFile(path: path) }
    #expect(error?.description.contains("Q4_K") == true)
    #expect(error?.description.contains("--outtype") == true)
  }

  @Test func `a file that is cut says so`() throws {
    let bytes = GGUFBytes().bytes
    for count in stride(from: 24, to: bytes.count - 1, by: 7) {
      let path = try folder.write(bytes[..<count], to: "m.gguf")
      let error = #expect(throws: (any Error).self) { try GGUFFile(path: path) }
      #expect(error is any DescribedError)
    }
  }

  @Test func `survives twenty thousand damaged files`() throws {
    let path = Fixtures.path("gguf/q8_0.gguf")
    var arrays = GGUFBytes()
    arrays.members.append(
      GGUFBytes.member("k", 9, GGUFBytes.array(8, count: 1, GGUFBytes.string("x"))))
    let count = try MutationCount(
      of: [GGUFBytes().bytes, arrays.bytes, GGUFBytes().bytes, arrays.bytes]
        + [[UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))],
      count: 20_000, seed: 5, as: "m.gguf", isExpected: { $0 is any DescribedError }
    ) { path in
      let file = try GGUFFile(path: path)
      for tensor in file.tensors { _ = try file.bytes(of: tensor) }
    }
    #expect(count.refused > 5000 && count.read > 1000, "\(count)")
  }
}
