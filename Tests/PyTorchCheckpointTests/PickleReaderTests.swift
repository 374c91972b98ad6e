import TensorStorage
import TestSupport
import Testing

@testable import PyTorchCheckpoint

struct PickleReaderTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func read(_ bytes: [UInt8]) throws -> (value: PickleValue, heap: PickleHeap) {
    let file = try RandomAccessFile(path: folder.write(bytes, to: "data.pkl"))
    var reader = PickleReader(file, range: 0..<bytes.count)
    let value = try reader.next()
    #expect(reader.position == bytes.count)
    return (value, reader.heap)
  }

  private func read(_ opcodes: String, _ more: [UInt8] = []) throws -> String {
    let (value, heap) = try read([0x80, 2] + Array(opcodes.utf8) + more + Array(".".utf8))
    return describe(value, heap)
  }

  /// A value as Python would write it.
  private func describe(_ value: PickleValue, _ heap: PickleHeap) -> String {
    switch value {
    case .none: "None"
    case .boolean(let value): value ? "True" : "False"
    case .integer(let value): "\(value)"
    case .wideInteger(let bytes): "wide\(bytes.count)"
    case .text(let text): "'\(text)'"
    case .tuple(let index):
      "(" + heap.tuples[index].map { describe($0, heap) }.joined(separator: ",") + ")"
    case .list(let index):
      "[" + heap.lists[index].map { describe($0, heap) }.joined(separator: ",") + "]"
    case .dictionary(let index):
      "{"
        + heap.dictionaries[index].map { "\(describe($0, heap)):\(describe($1, heap))" }
        .joined(separator: ",") + "}"
    case .global(let global): "\(global)"
    case .storage, .tensor: "tensor"
    case .other: "?"
    }
  }

  @Test(arguments: [
    ("N", "None"), ("K\u{7}", "7"), ("M\u{1}\u{1}", "257"), (")", "()"), ("]", "[]"), ("}", "{}"),
    ("K\u{1}q\u{5}h\u{5}h\u{5}(h\u{5}t", "(1)"), ("(K\u{1}K\u{2}t", "(1,2)"),
    ("](K\u{1}K\u{2}e", "[1,2]"), ("]K\u{1}a", "[1]"), ("}K\u{1}Ns", "{1:None}"),
    ("}(K\u{1}NK\u{2}Nu", "{1:None,2:None}"), ("U\u{2}ab", "'ab'"),
    ("X\u{2}\0\0\0ab", "'ab'"), ("Nr\u{7}\0\0\0j\u{7}\0\0\0", "None"),
    ("G\0\0\0\0\0\0\0\0", "?"), ("ccollections\nOrderedDict\n)R", "{}"),
    ("ccollections\nOrderedDict\n)R}b", "{}"),
    // scalar(dtype("f8"), encode("a", "latin1")), by numpy 1.
    (
      "cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(U\u{2}f8K\0K\u{1}tR(K\u{3}U\u{1}<tb"
        + "c_codecs\nencode\n(U\u{1}aU\u{6}latin1tRtR", "?"
    ),
  ])
  func `makes what Python would make`(opcodes: String, value: String) throws {
    #expect(try read(opcodes) == value)
  }

  @Test func `makes what protocol 3 writes`() throws {
    let (value, _) = try read([0x80, 3] + Array("}X\u{1}\0\0\0aC\u{1}bs.".utf8))
    guard case .dictionary = value else {
      Issue.record("a dictionary of bytes is \(value)")
      return
    }
  }

  @Test func `makes what protocols 4 and 5 write`() throws {
    #expect(try read("", [0x95, 1, 0, 0, 0, 0, 0, 0, 0, 0x88]) == "True")
    #expect(try read("", [0x8C, 1, 0x61, 0x94, 0x89, 0x94, 0x68, 0, 0x86]) == "(False,'a')")
    #expect(try read("", [0x8D, 1, 0, 0, 0, 0, 0, 0, 0, 0x61]) == "'a'")
    #expect(try read("", [0x8F]) == "?")
    #expect(try read("", [0x8F, 0x94, 0x28, 0x4E, 0x88, 0x90]) == "?")
    #expect(try read("B", [2, 0, 0, 0, 0xFF, 0xFE]) == "?")
    let orderedDict: [UInt8] =
      [0x8C, 11] + Array("collections".utf8) + [0x8C, 11] + Array("OrderedDict".utf8) + [0x93]
    #expect(try read("", orderedDict + [0x29, 0x81]) == "{}")
  }

  @Test func `makes integers of every width and sign`() throws {
    #expect(try read("J", [0xFF, 0xFF, 0xFF, 0xFF]) == "-1")
    #expect(try read("", [0x8A, 0]) == "0")
    #expect(try read("", [0x8A, 1, 0x80]) == "-128")
    #expect(try read("", [0x8A, 2, 0x80, 0]) == "128")
    #expect(try read("", [0x8A, 8] + [UInt8](repeating: 0xFF, count: 7) + [0x7F]) == "\(Int.max)")
    #expect(try read("", [0x8A, 9] + [UInt8](repeating: 0, count: 9)) == "wide9")
  }

  @Test func `makes sizes, and ordered dictionaries as Python 2 hands them over`() throws {
    #expect(try read("ctorch\nSize\n(K\u{2}K\u{3}t", [0x85, 0x52]) == "(2,3)")
    #expect(
      try read("ccollections\nOrderedDict\n](](K\u{1}K\u{2}ee", [0x85, 0x52]) == "{1:2}")
  }

  /// One pickle for each rule that it breaks, without `PROTO 2` in front and `STOP` behind.
  private static let refusals: [(opcodes: [UInt8], clause: String)] = [
    (Array("K".utf8), "truncated"), (Array("X\u{FF}\0\0\0ab".utf8), "truncated"),
    ([0x8D] + [UInt8](repeating: 0xFF, count: 8), "tooLong"),
    ([0x8D, 0, 0, 0, 1, 0, 0, 0, 0], "truncated"),
    ([0x95, 0xFF, 0, 0, 0, 0, 0, 0, 0], "truncated"),
    ([0x80, 1], "unsupportedProtocol"), ([0x80, 6], "unsupportedProtocol"),
    (Array("0".utf8), "refusedOpcode"), (Array("i".utf8), "refusedOpcode"),
    ([0xFF], "refusedOpcode"),
    (Array("cos\nsystem\n".utf8), "refusedGlobal"),
    (Array("c__builtin__\neval\n".utf8), "refusedGlobal"),
    (Array("ctorch\nload\n".utf8), "refusedGlobal"),
    ([0x8C, 2] + Array("os".utf8) + [0x8C, 6] + Array("system".utf8) + [0x93], "refusedGlobal"),
    (Array("c".utf8) + [UInt8](repeating: 0x61, count: 5000), "tooLong"),
    ([], "stackUnderflow"), ([0x85], "stackUnderflow"), (Array("N(".utf8), "stackUnderflow"),
    (Array("N(".utf8) + [0x85], "stackUnderflow"), (Array("q\u{1}".utf8), "stackUnderflow"),
    (Array("Nt".utf8), "noMark"), (Array("}u".utf8), "noMark"),
    (Array("h\u{1}".utf8), "noSuchMemo"),
    ([0x8C, 1, 0xFF], "textNotUnicode"), ([0x63, 0xFF, 0x0A, 0x0A], "textNotUnicode"),
    (Array("NNa".utf8), "wrongOperand"), (Array("}(Nu".utf8), "wrongOperand"),
    (Array("N(N".utf8) + [0x90], "wrongOperand"), (Array("(N".utf8) + [0x90], "stackUnderflow"),
    ([0x42, 0xFF, 0xFF, 0xFF, 0x7F], "tooLong"),
    (Array("N(Ne".utf8), "wrongOperand"), (Array("NNNs".utf8), "wrongOperand"),
    (Array("NNR".utf8), "wrongOperand"), (Array("N)R".utf8), "wrongOperand"),
    (Array("NNb".utf8), "wrongOperand"), (Array("NN".utf8) + [0x93], "wrongOperand"),
    (Array("ctorch\nFloatStorage\n)R".utf8), "wrongOperand"),
    (Array("ctorch._utils\n_rebuild_tensor_v2\n)R".utf8), "wrongArguments"),
    (Array("ctorch._utils\n_rebuild_tensor_v3\n)R".utf8), "wrongArguments"),
    (Array("ctorch._utils\n_rebuild_parameter\n)R".utf8), "wrongArguments"),
    (Array("ctorch\nSize\n)R".utf8), "wrongArguments"),
    (Array("ccollections\nOrderedDict\nN".utf8) + [0x85, 0x52], "wrongArguments"),
    (Array("NQ".utf8), "wrongPersistentIdentifier"),
    (Array(")Q".utf8), "wrongPersistentIdentifier"),
  ]

  @Test(arguments: refusals.indices)
  func `refuses what breaks a rule`(index: Int) throws {
    let (opcodes, clause) = Self.refusals[index]
    let error = try #require(throws: PickleError.self) {
      try read([0x80, 2] + opcodes + (clause == "truncated" ? [] : [0x2E]))
    }
    #expect(clauseName(error.clause) == clause, "\(error)")
  }

  @Test func `names the opcode or the global that it refuses, and the way out`() throws {
    let opcode = try #require(throws: PickleError.self) { try read([0x80, 2, 0x69]) }
    #expect(opcode.description.contains("INST") && opcode.description.contains("state_dict"))
    let global = try #require(throws: PickleError.self) {
      try read([0x80, 2] + Array("cos\nsystem\n".utf8))
    }
    #expect(global.description.contains("\"os.system\""))
    #expect(global.description.contains("torch.save(model.state_dict()"))
    let old = try #require(throws: PickleError.self) { try read(Array("(dp0\n.".utf8)) }
    #expect(old.clause == .unsupportedProtocol(nil))
    #expect(old.description.contains("protocol 0 or 1"))
  }

  @Test func `neither nests nor recurses, however deep a pickle does`() throws {
    let (value, heap) = try read(
      [0x80, 2, 0x4E] + [UInt8](repeating: 0x85, count: 1_000_000) + [0x2E])
    guard case .tuple(999_999) = value else {
      Issue.record("a million tuples in each other are \(value)")
      return
    }
    #expect(heap.tuples.count == 1_000_000)
  }

  @Test func `refuses lists that memos multiply`() throws {
    // A list of 2,000 pairs, made a dictionary 3,000 times over.
    var bytes: [UInt8] = [0x80, 2] + Array("](".utf8)
    for _ in 0..<2000 { bytes += [0x4E, 0x4E, 0x86] }
    bytes += Array("eq\u{1}".utf8)
    for _ in 0..<3000 { bytes += Array("ccollections\nOrderedDict\nh\u{1}".utf8) + [0x85, 0x52] }
    let error = try #require(throws: PickleError.self) { try read(bytes + [0x2E]) }
    #expect(clauseName(error.clause) == "tooLong")
  }
}
