import Foundation
import TensorStorage
import TestSupport
import Testing

@Suite struct FileReadingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `reads any range of a file, the empty one too`() throws {
    let file = try RandomAccessFile(path: folder.write(0..<100, to: "a"))
    #expect(file.byteCount == 100)
    #expect(try file.bytes(in: 0..<100) == Array(0..<100))
    #expect(try file.bytes(in: 98..<100) == [98, 99])
    #expect(try file.bytes(in: 100..<100) == [])
  }

  @Test(arguments: [97..<101, 100..<101, 5000..<5001, (Int.max - 1)..<Int.max])
  func `reports a range that goes beyond the end`(range: Range<Int>) throws {
    let file = try RandomAccessFile(path: folder.write(0..<100, to: "a"))
    let error = #expect(throws: FileError.self) { try file.bytes(in: range) }
    #expect(error?.operation == .read)
    #expect(error?.kind == .inputOutput)
  }

  @Test func `reports a file that was cut while it was open`() throws {
    let path = try folder.write(0..<100, to: "a")
    let file = try RandomAccessFile(path: path)
    #expect(truncate(path, 10) == 0)
    #expect(try file.bytes(in: 0..<10) == Array(0..<10))
    let error = #expect(throws: FileError.self) { try file.bytes(in: 5..<15) }
    #expect(error?.code == 0)
    #expect(error?.problem.contains("ended early") == true)
  }

  @Test func `maps a file's bytes and keeps them after the file is gone`() throws {
    let path = try folder.write(0..<100, to: "a")
    let file = try MappedFile(path: path)
    #expect(unlink(path) == 0)
    #expect(Array(file.bytes) == Array(0..<100))
  }

  @Test func `maps an empty file`() throws {
    let file = try MappedFile(path: folder.write([], to: "a"))
    #expect(file.bytes.isEmpty)
    #expect(try RandomAccessFile(path: file.path).byteCount == 0)
  }

  /// Both ways of reading refuse the same things with the same words.
  @Test(arguments: [true, false])
  func `refuses what is missing, a folder, and a pipe without waiting for it`(maps: Bool) throws {
    func error(_ name: String) -> FileError? {
      #expect(throws: FileError.self) {
        if maps {
          _ = try MappedFile(path: folder.path(name))
        } else {
          _ = try RandomAccessFile(path: folder.path(name))
        }
      }
    }
    let missing = error("missing")
    #expect(missing?.kind == .missingInput)
    #expect(
      missing?.description
        == "\(folder.path("missing")): cannot open: No such file or directory. Check the path.")
    #expect(error("")?.code == EISDIR)
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    #expect(error("pipe")?.problem == "cannot open: it is not a regular file")
  }
}
