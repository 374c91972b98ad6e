import JSON
import TensorStorage
import Testing

/// What a small text may cost: values are counted, for two bytes make one.
struct ValueCountTests {
  /// A text and its values, names among them, an object for eight.
  static let texts: [(text: String, count: Int)] = [
    ("1", 1), ("[]", 1), ("[1, \"a\", null]", 4), ("[[], []]", 3), ("{}", 8),
    ("{\"a\": 1, \"b\": [2]}", 13), ("[{}, {}]", 17),
  ]

  @Test(arguments: texts)
  func `counts values, names and eight for an object`(text: String, count: Int) throws {
    let bytes = Array(text.utf8)
    _ = try JSONValue(parsing: bytes, file: "a.json", maximumValueCount: count)
    let error = #expect(throws: JSONError.self) {
      try JSONValue(parsing: bytes, file: "a.json", maximumValueCount: count - 1)
    }
    #expect(error?.clause == .tooManyValues(limit: count - 1))
  }

  @Test func `refuses a text of many small values where nothing else is said`() {
    let count = JSONValue.maximumDescriptionValueCount
    let bytes = Array("[\(String(repeating: "[],", count: count))0]".utf8)
    let error = #expect(throws: JSONError.self) {
      try JSONValue(parsing: bytes, file: "a.json", maximumValueCount: count)
    }
    #expect(error?.clause == .tooManyValues(limit: count))
    #expect(error?.byteOffset == 3 * (count - 1) + 1)
  }

  /// Elements that cost much beside their bytes.
  @Test func `a value costs at most three hundred bytes, whatever it is`() async {
    await #expect(processExitsWith: .success) {
      let limit = 1 << 18
      let elements = ["[]", "{}", "[[0]]", "{\"\": []}", "\"a\"", "0", "1.5"]
      for element in elements {
        // Most elements that the limit admits.
        let values = ["{}": 8, "[[0]]": 3, "{\"\": []}": 10][element] ?? 1
        let count = (limit - 2) / values
        let text = "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
        let bytes = Array(text.utf8)
        ResidentMemory.forgetPeak()
        let before = ResidentMemory.byteCount ?? 0
        _ = try JSONValue(parsing: bytes, file: "a.json", maximumValueCount: limit)
        let peak = ResidentMemory.peakByteCount ?? 0
        guard peak - before < 300 * limit else {
          fatalError("\(element): \((peak - before) / limit) bytes a value")
        }
      }
    }
  }
}
