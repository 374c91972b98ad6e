import JSON
import TensorStorage
import Testing

/// What strict JSON is: each rule by a text that keeps it.
struct ParsingTests {
  private func parse(_ text: String) throws -> JSONValue {
    try JSONValue(parsing: Array(text.utf8), file: "a.json")
  }

  @Test(
    arguments: [
      ("null", .null), ("true", true), ("false", false), ("\"\"", ""), ("[]", []), ("{}", [:]),
      ("0", 0), ("-1", -1), ("[1,[2,{\"a\":[]}],null]", [1, [2, ["a": []]], nil]),
      (" \t\r\n{ \"a\" : [ 1 , 2 ] } \n  ", ["a": [1, 2]]),
    ] as [(String, JSONValue)])
  func `reads a value of every kind with whitespace around it`(
    _ text: String, _ expected: JSONValue
  ) throws {
    #expect(try parse(text) == expected)
  }

  @Test(
    arguments: [
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .unsigned(1 << 63)), ("18446744073709551615", .unsigned(.max)),
      ("999999999999999999", .integer(999_999_999_999_999_999)),
      ("4.0", .number(4)), ("4e0", .number(4)), ("1E+2", .number(100)), ("0.1", .number(0.1)),
      ("1e-12", .number(1e-12)), ("5e-324", .number(.leastNonzeroMagnitude)),
      ("1e-400", .number(0)),
      ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)),
    ] as [(String, JSONValue)])
  func `tells integers from other numbers by how they are written`(
    _ text: String, _ expected: JSONValue
  ) throws {
    #expect(try parse(text) == expected)
    #expect(try parse("[\(text)]") == [expected])
  }

  @Test func `keeps minus zero a number wherever it stands`() throws {
    let values = try #require(try parse("[0, -0, {\"a\": -0, \"b\": 0}, 1, -0.0, -0]").array)
    #expect(values[0] == 0)
    #expect(values[1].double?.sign == .minus && values[1].integer == nil)
    #expect(values[2]["a"]?.double?.sign == .minus && values[2]["b"] == 0)
    #expect(values[3] == 1)
    #expect(values[4].double?.sign == .minus)
    #expect(values[5].double?.sign == .minus && values[5].integer == nil)
  }

  @Test func `takes integers beyond 64 bits for numbers`() throws {
    let text = """
      [18446744073709551616, -9223372036854775809, 1, 1000000000000000019884624838656,
       -0, 18446744073709551615]
      """
    #expect(
      try parse(text) == [
        .number(0x1p64), .number(-0x1p63), 1, .number(1e30), .number(-0.0), .unsigned(.max),
      ])
  }

  @Test func `resolves every escape in values and names`() throws {
    let text = #"{"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00": "\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00"}"#
    let expected = "\"\\/\u{8}\u{C}\n\r\té😀"
    let object = try #require(try parse(text).object)
    #expect(object.members.map(\.name) == [expected])
    #expect(object[expected] == .string(expected))
  }

  @Test func `reads escaped surrogate pairs of every plane`() throws {
    // Among them U+1D800 and U+2DC00, which json-c 0.16 takes for surrogates.
    for scalar in stride(from: 0x10000, to: 0x110000, by: 0x100) {
      let expected = String(try #require(Unicode.Scalar(UInt32(scalar))))
      let escaped = expected.utf16.map { "\\u" + String($0, radix: 16) }.joined()
      let value = try parse("{\"\(escaped)\": [\"a\", \"x\(escaped)\\ny\", \"b\"]}")
      #expect(value[expected] == ["a", .string("x\(expected)\ny"), "b"])
    }
  }

  @Test func `keeps NUL characters in values and names`() throws {
    let value = try parse(#"{"a\u0000b": "c\u0000d"}"#)
    #expect(value == ["a\0b": "c\0d"])
  }

  @Test func `keeps the order of members, also of many`() throws {
    let names = (0..<1000).map { "name\(($0 * 7919) % 1000)" }
    let text = "{" + names.map { "\"\($0)\":{\"z\":1,\"a\":2}" }.joined(separator: ",") + "}"
    let object = try #require(try parse(text).object)
    #expect(object.members.map(\.name) == names)
    #expect(object["name999"]?.object?.members.map(\.name) == ["z", "a"])
  }

  @Test func `takes names that differ only by Unicode's composition for different`() throws {
    let object = try #require(
      try parse("{\"\u{C5}\": 1, \"\u{212B}\": 2, \"A\u{30A}\": 3}").object)
    #expect(object.count == 3)
    #expect(object["\u{C5}"] == 1 && object["\u{212B}"] == 2 && object["A\u{30A}"] == 3)
  }

  @Test func `reads the borders of UTF-8`() throws {
    let text = "\u{7F}\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}"
    #expect(try parse("\"\(text)\"") == .string(text))
  }

  @Test func `allows nesting up to the limit and no deeper`() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    for limit in [0, 1, 2, 128, 512] {
      if limit > 0 {
        _ = try JSONValue(parsing: nested(limit), file: "a.json", maximumDepth: limit)
      }
      let scalar = try JSONValue(parsing: Array("1".utf8), file: "a.json", maximumDepth: limit)
      #expect(scalar == 1)
      let error = #expect(throws: JSONError.self) {
        try JSONValue(parsing: nested(limit + 1), file: "a.json", maximumDepth: limit)
      }
      #expect(error?.clause == .tooDeep(limit: limit))
    }
  }

  @Test func `refuses hundreds of thousands of open brackets without harm`() {
    let bytes = [UInt8](repeating: UInt8(ascii: "["), count: 300_000)
    #expect(throws: JSONError.self) { try JSONValue(parsing: bytes, file: "a.json") }
  }
}
