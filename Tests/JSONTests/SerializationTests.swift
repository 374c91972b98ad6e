import JSON
import Testing

struct SerializationTests {
  @Test func `writes compact text in the order of the members`() {
    let value: JSONValue = ["b": [1, 2.5, "x"], "a": nil, "c": [:], "d": [], "e": true]
    #expect(
      value.serialized(pretty: false)
        == #"{"b":[1,2.5,"x"],"a":null,"c":{},"d":[],"e":true}"#)
  }

  @Test func `writes pretty text indented by two spaces`() {
    let value: JSONValue = ["b": [1, [2]], "c": [:], "d": []]
    #expect(
      value.serialized(pretty: true) == """
        {
          "b": [
            1,
            [
              2
            ]
          ],
          "c": {},
          "d": []
        }
        """)
  }

  @Test func `escapes quotes, backslashes and every control character and nothing else`() throws {
    let text = String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0) }))
    let written = JSONValue.string("\"\\/" + text + "\u{7F}é\u{2028}😀").serialized(pretty: false)
    #expect(
      written == #""\"\\/\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r"#
        + #"\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a"#
        + #"\u001b\u001c\u001d\u001e\u001f"# + "\u{7F}é\u{2028}😀\"")
    let read = try JSONValue(parsing: Array(written.utf8), file: "a.json")
    #expect(read.string == "\"\\/" + text + "\u{7F}é\u{2028}😀")
  }

  @Test(
    arguments: [
      .integer(.min), .integer(.max), .unsigned(.max), .number(0.1), .number(1e-12), .number(1e16),
      .number(1e300), .number(.leastNonzeroMagnitude), .number(-0.0), .number(4), .number(1.0 / 3),
      .number(.greatestFiniteMagnitude), .integer(-1),
    ] as [JSONValue])
  func `a number survives writing and reading with its kind`(_ value: JSONValue) throws {
    let text = value.serialized(pretty: false)
    let read = try JSONValue(parsing: Array(text.utf8), file: "a.json")
    #expect(read == value)
    #expect(read.double?.sign == value.double?.sign)
  }

  @Test func `writes null for what JSON cannot write`() {
    #expect(
      JSONValue.array([.number(.nan), .number(.infinity)]).serialized(pretty: false)
        == "[null,null]")
  }
}
