import JSON
import TensorStorage
import Testing

/// What strict JSON is not: each rule by a text that breaks it, with the place of the breach.
struct StrictnessTests {
  private func expectError(
    _ clause: JSONError.Clause, at byteOffset: Int, in bytes: [UInt8],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: JSONError.self, sourceLocation: sourceLocation) {
      try JSONValue(parsing: bytes, file: "a.json")
    }
    #expect(
      error == JSONError(clause, at: byteOffset, file: "a.json"), sourceLocation: sourceLocation)
  }

  @Test(
    arguments: [
      ("", 0), ("  ", 2), ("[1,", 3), ("[1", 2), ("{", 1), ("{\"a\"", 4), ("{\"a\":", 5),
      ("{\"a\":1", 6), ("{\"a\":1,", 7), ("\"abc", 4), ("tru", 3), ("nul", 3),
    ])
  func `refuses a text that ends too early`(_ text: String, _ byteOffset: Int) {
    let error = #expect(throws: JSONError.self) {
      try JSONValue(parsing: Array(text.utf8), file: "a.json")
    }
    #expect(error?.byteOffset == byteOffset)
    guard case .unexpectedEnd = error?.clause else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    arguments: [
      ("NaN", 0), ("Infinity", 0), ("[nan]", 2), ("nan", 1), ("True", 0), ("trux", 3),
      ("'a'", 0), ("{a:1}", 1), ("{'a':1}", 1), ("{\"a\" 1}", 5), ("[1 2]", 3), ("[1,]", 3),
      ("[,1]", 1), ("{,}", 1), ("{\"a\":1,}", 7), ("{\"a\":1 \"b\":2}", 7), ("/* */ 1", 0),
      ("[1] // end", 4), ("+1", 0), (".5", 0), ("{1:2}", 1), ("{\"a\":}", 5), ("]", 0),
      ("\u{A0}1", 0), ("[1\u{0}]", 2), ("[}", 1), ("{]", 1),
    ])
  func `refuses what json-c or JavaScript would take`(_ text: String, _ byteOffset: Int) {
    let error = #expect(throws: JSONError.self) {
      try JSONValue(parsing: Array(text.utf8), file: "a.json")
    }
    #expect(error?.byteOffset == byteOffset, "\(String(describing: error))")
  }

  @Test(arguments: [
    "01", "-01", "00", "-", "-a", "1.", "1.e5", "1e", "1e+", "1E-", "0123.5", "-.5",
  ])
  func `refuses numbers that are not written as JSON's`(_ text: String) {
    expectError(.malformedNumber, at: 0, in: Array(text.utf8))
    expectError(.malformedNumber, at: 1, in: Array("[\(text)]".utf8))
  }

  @Test(arguments: [
    String(repeating: "9", count: 310), "1e309", "-1e999",
    "1e99999999999999999999", String(repeating: "9", count: 400) + ".5",
  ])
  func `refuses numbers too large to be held`(_ text: String) {
    expectError(.numberOutOfRange, at: 1, in: Array("[\(text)]".utf8))
  }

  @Test(arguments: ["1 2", "{} x", "[1]]", "null,", "1\u{0}", "{}\u{0}", "\"a\"\u{A0}", "1//"])
  func `refuses anything behind the value`(_ text: String) {
    let error = #expect(throws: JSONError.self) {
      try JSONValue(parsing: Array(text.utf8), file: "a.json")
    }
    #expect(error?.clause == .trailingBytes)
  }

  @Test func `refuses a byte order mark and says so`() {
    expectError(.byteOrderMark, at: 0, in: [0xEF, 0xBB, 0xBF] + Array("{}".utf8))
  }

  @Test(
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
      [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
      [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3, 0x28], [0xE2, 0x28, 0xA1],
    ] as [[UInt8]])
  func `refuses bytes that are not UTF-8`(_ bytes: [UInt8]) {
    expectError(.invalidUTF8, at: 2, in: Array("[\"".utf8) + bytes + Array("\"]".utf8))
    expectError(.invalidUTF8, at: 2, in: Array("{\"".utf8) + bytes + Array("\":1}".utf8))
    expectError(.invalidUTF8, at: 1, in: Array("\"".utf8) + bytes)
  }

  @Test(arguments: [0x00, 0x01, 0x09, 0x0A, 0x1F] as [UInt8])
  func `refuses a raw control character in a string`(_ byte: UInt8) {
    expectError(.controlCharacter(byte), at: 2, in: Array("\"a".utf8) + [byte, UInt8(ascii: "\"")])
  }

  @Test(arguments: [
    #"\x41"#, #"\'"#, #"\u12"#, #"\u12G4"#, #"\U0041"#, #"\a"#, #"\u+123"#, #"\u 123"#,
  ])
  func `refuses escapes that JSON has not`(_ text: String) {
    expectError(.invalidEscape, at: 1, in: Array("\"\(text)\"".utf8))
  }

  @Test(arguments: [
    #"\ud800"#, #"\udc00"#, #"\ud800\ud800"#, #"\ud800x"#, #"\ud800\n"#, #"\udbff\u0041"#,
  ])
  func `refuses half of a surrogate pair`(_ text: String) {
    expectError(.loneSurrogate, at: 1, in: Array("\"\(text)\"".utf8))
  }

  @Test func `refuses a repeated name also when an escape hides it`() {
    expectError(.duplicateName("a"), at: 7, in: Array(#"{"a":1,"a":1}"#.utf8))
    expectError(.duplicateName("test"), at: 10, in: Array(#"{"test":1,"te\u0073t":2}"#.utf8))
    expectError(
      .duplicateName("a"), at: 13, in: Array(#"{"x":{"a":1, "a":[{"b":1}]}}"#.utf8))
    let many = (0..<50).map { "\"n\($0)\":0" }.joined(separator: ",")
    expectError(.duplicateName("n7"), at: many.utf8.count + 2, in: Array("{\(many),\"n7\":1}".utf8))
  }

  @Test func `refuses names that json-c could not tell apart`() {
    expectError(.ambiguousNames, at: 1, in: Array(#"{"a\u0000b":1,"a\u0000c":2}"#.utf8))
  }

  @Test func `an error names file, place and expectation`() {
    let error = #expect(throws: JSONError.self) {
      try JSONValue(parsing: Array("{\"a\":1,}".utf8), file: "config.json")
    }
    #expect(
      error?.description
        == "config.json: not valid JSON at byte 7: found '}', expected a name in quotes. "
        + "Mend that place, or save the file again with the program that wrote it.")
    #expect(error?.kind == .badData)
  }

  @Test func `cutting a valid text anywhere gives an error`() {
    let text = Array(#"{"a": [1, -2.5e3, "é\ud83d\ude00", true], "b": {"c": null}}"#.utf8)
    for count in 0..<text.count {
      #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text[..<count]), file: "a") }
    }
  }

  @Test func `damaging any byte gives a value or an error and no trap`() {
    let text = Array(#"{"a":[1,-2.5e3,"é\ud83d\ude00\n",true],"b":{"c":null,"d":-0}}"#.utf8)
    for position in text.indices {
      for byte in [0, 0x0A, 0x22, 0x2C, 0x2D, 0x30, 0x5B, 0x5C, 0x5D, 0x65, 0x7B, 0x7D, 0xC3, 0xFF]
      {
        var damaged = text
        damaged[position] = UInt8(byte)
        do {
          let value = try JSONValue(parsing: damaged, file: "a.json")
          let again = Array(value.serialized(pretty: false).utf8)
          #expect(try JSONValue(parsing: again, file: "a.json") == value)
        } catch {
          guard case .refused = error.clause else { continue }
          Issue.record("json-c refused what the scan accepted: \(error)")
        }
      }
    }
  }
}
