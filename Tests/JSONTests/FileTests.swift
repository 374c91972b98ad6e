import JSON
import TensorStorage
import TestSupport
import Testing

struct FileTests {
  private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    let folder = try TemporaryFolder()
    try body(folder.write(text, to: "value.json"))
  }

  @Test func `reads a file up to the size that the caller allows`() throws {
    try withFile("{\"a\": 1}\n") { path in
      let value = try JSONValue(contentsOf: path, maximumByteCount: 9)
      #expect(value == ["a": 1])
      let error = #expect(throws: JSONError.self) {
        try JSONValue(contentsOf: path, maximumByteCount: 8)
      }
      #expect(error?.clause == .tooLarge(byteCount: 9, limit: 8))
      #expect(
        error?.description == "\(path): 9 bytes of JSON, where at most 8 are accepted. "
          + "Check that it is the file that you mean.")
    }
  }

  @Test func `an empty file is no JSON`() throws {
    try withFile("") { path in
      #expect(throws: JSONError.self) { try JSONValue(contentsOf: path, maximumByteCount: 100) }
    }
  }

  @Test func `a missing file is a missing input`() {
    let error = #expect(throws: FileError.self) {
      try JSONValue(contentsOf: "/nonexistent/a.json", maximumByteCount: 100)
    }
    #expect(error?.kind == .missingInput)
  }
}
