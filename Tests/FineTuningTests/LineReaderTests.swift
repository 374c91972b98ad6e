import TestSupport
import Testing

@testable import FineTuning

@Suite struct LineReaderTests {
  private func lines(_ text: String, maximum: Int = 1 << 22) throws -> [String] {
    let folder = try TemporaryFolder()
    var reader = try LineReader(
      path: try folder.write(Array(text.utf8), to: "lines"), maximumLineByteCount: maximum)
    var lines: [String] = []
    while let line = try reader.next() {
      lines.append(String(decoding: line, as: UTF8.self))
      #expect(reader.lineNumber == lines.count)
    }
    return lines
  }

  @Test(arguments: [
    ("", []), ("a", ["a"]), ("a\n", ["a"]), ("\n", [""]), ("a\n\nb", ["a", "", "b"]),
    ("a\r\nb\n", ["a\r", "b"]),
  ])
  func `lines end at line feeds`(text: String, expected: [String]) throws {
    #expect(try lines(text) == expected)
  }

  @Test func `a line may span pieces of the file`() throws {
    let long = String(repeating: "x", count: (1 << 20) - 1)
    #expect(try lines("\(long)\n\(long)y\nz") == [long, long + "y", "z"])
  }

  @Test func `a line beyond the limit is refused with its number`() throws {
    #expect {
      _ = try lines("abc\nabcd\n", maximum: 3)
    } throws: { error in
      guard case DocumentError.lineTooLong(_, line: 2, maximumByteCount: 3) = error else {
        return false
      }
      return true
    }
  }
}
