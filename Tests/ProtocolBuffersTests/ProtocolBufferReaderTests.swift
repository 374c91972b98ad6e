import ProtocolBuffers
import TensorStorage
import TestSupport
import Testing

@Suite struct ProtocolBufferReaderTests {
  private func fields(_ bytes: [UInt8]) throws -> [ProtocolBufferField] {
    var reader = ProtocolBufferReader(bytes, path: "message")
    var fields: [ProtocolBufferField] = []
    try reader.read(reader.whole) { _, field in fields.append(field) }
    return fields
  }

  private func clause(_ bytes: [UInt8]) -> ProtocolBufferError.Clause? {
    let error = #expect(throws: ProtocolBufferError.self) { try fields(bytes) }
    #expect(error?.description.contains("message, byte") == true)
    return error?.clause
  }

  /// The examples of the encoding's own documentation.
  @Test func `reads the documented examples`() throws {
    #expect(try fields([0x08, 0x96, 0x01]).map(\.value) == [.varint(150)])
    #expect(
      try fields([0x12, 0x07] + Array("testing".utf8)).map { "\($0.number) \($0.value)" }
        == ["2 bytes(Range(2..<9))"])
  }

  @Test func `reads back what the writer wrote, messages in messages among it`() throws {
    var inner = ProtocolBufferMessage()
    inner.add(-1, field: 1)
    inner.add("zwölf", field: 536_870_911)
    var outer = ProtocolBufferMessage()
    outer.add(1.5, field: 3)
    outer.add(inner, field: 4)
    outer.add(fixed32: 0xDEAD_BEEF, field: 5)
    var reader = ProtocolBufferReader(outer.bytes, path: "message")
    var found: [String] = []
    try reader.read(reader.whole) { reader, field in
      guard field.number == 4 else { return found.append("\(field.number) \(field.value)") }
      try reader.read(field.part(in: "message")) { reader, field in
        if case .varint = field.value {
          found.append("\(try field.integer(in: "message"))")
        } else {
          found.append(try reader.text(of: field, limit: 100))
        }
      }
    }
    #expect(found == ["3 fixed64(\((1.5).bitPattern))", "-1", "zwölf", "5 fixed32(3735928559)"])
  }

  @Test func `takes repeated integers one by one and packed`() throws {
    var reader = ProtocolBufferReader([0x08, 3, 0x0A, 3, 0x96, 0x01, 4], path: "message")
    var integers: [UInt64] = []
    try reader.read(reader.whole) { reader, field in
      try reader.integers(of: field) { integers.append($0) }
    }
    #expect(integers == [3, 150, 4])
  }

  @Test func `refuses what the encoding forbids, a case for each rule`() {
    let endless = [UInt8](repeating: 0xFF, count: 11)
    #expect(clause(endless) == .varintTooLong(field: nil))
    #expect(clause([0x08] + endless) == .varintTooLong(field: 1))
    #expect(clause([0x08] + [UInt8](repeating: 0xFF, count: 9) + [2]) == .varintTooLong(field: 1))
    #expect(clause([0x00, 1]) == .fieldNumber(0))
    #expect(clause([0x80, 0x80, 0x80, 0x80, 0x10, 1]) == .fieldNumber(1 << 29))
    #expect(clause([0x0B]) == .wireType(field: 1, type: 3))
    #expect(clause([0x0E]) == .wireType(field: 1, type: 6))
    #expect(clause([0x0A, 3, 1, 2]) == .beyondEnd(field: 1, byteCount: 3, remaining: 2))
    let huge = [0x0A] + [UInt8](repeating: 0xFF, count: 9) + [1]
    #expect(clause(huge) == .beyondEnd(field: 1, byteCount: .max, remaining: 0))
  }

  @Test(arguments: [[0x08], [0x09, 1, 2], [0x0D, 1, 2, 3], [0x08, 0x80]] as [[UInt8]])
  func `says that a field is cut`(bytes: [UInt8]) {
    #expect(throws: TruncatedBytes.self) { try fields(bytes) }
  }

  @Test func `a field that holds another kind is told apart`() throws {
    let field = try #require(try fields([0x08, 1]).first)
    #expect(throws: ProtocolBufferError.self) { try field.part(in: "message") }
    #expect(throws: ProtocolBufferError.self) { try field.fixed32(in: "message") }
    let text = try #require(try fields([0x0A, 1, 0xFF]).first)
    #expect(throws: ProtocolBufferError.self) { try text.integer(in: "message") }
    var reader = ProtocolBufferReader([0x0A, 1, 0xFF], path: "message")
    let notText = #expect(throws: ProtocolBufferError.self) { try reader.text(of: text, limit: 9) }
    #expect(notText?.clause == .notText(field: 1))
    let tooLong = #expect(throws: ProtocolBufferError.self) { try reader.bytes(of: text, limit: 0) }
    #expect(tooLong?.clause == .tooLong(field: 1, byteCount: 1, limit: 0))
  }

  /// Every field of every message that could be one, down to a depth.
  private func walk(_ reader: inout ProtocolBufferReader, _ part: Range<Int>, depth: Int) throws {
    try reader.read(part) { reader, field in
      guard case .bytes(let part) = field.value, depth > 0 else { return }
      _ = try reader.bytes(of: field, limit: 1 << 20)
      do {
        try walk(&reader, part, depth: depth - 1)
      } catch is ProtocolBufferError {
        return  // text, or a message that is damaged
      } catch is TruncatedBytes {
        return
      }
    }
  }

  @Test func `survives twenty thousand damaged messages`() throws {
    var inner = ProtocolBufferMessage()
    inner.add(300, field: 1)
    inner.add("name", field: 2)
    var outer = ProtocolBufferMessage()
    for _ in 0..<3 { outer.add(inner, field: 4) }
    outer.add(1.5, field: 3)
    outer.add(fixed32: 7, field: 5)
    let count = try MutationCount(
      of: [outer.bytes, inner.bytes], count: 20_000, seed: 1, as: "message",
      isExpected: { $0 is any DescribedError }
    ) { path in
      var reader = ProtocolBufferReader(try RandomAccessFile(path: path))
      try walk(&reader, reader.whole, depth: 4)
    }
    #expect(count.refused > 1000 && count.read > 1000, "\(count)")
  }
}
