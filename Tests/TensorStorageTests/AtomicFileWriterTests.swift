import Foundation
import TensorStorage
import TestSupport
import Testing

@Suite struct AtomicFileWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes a whole file.
  private func write(
    _ bytes: [UInt8], to name: String, _ collision: AtomicFileWriter.Collision
  ) throws(FileError) {
    var writer = try AtomicFileWriter(path: folder.path(name), collision: collision)
    try writer.write(bytes)
    try writer.commit()
  }

  @Test(arguments: [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
  func `puts a file in place with every byte and nothing beside it`(byteCount: Int) throws {
    let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try write(bytes, to: "a", .keepExisting)
    #expect(try folder.bytes("a") == bytes)
    #expect(try folder.names == ["a"])
  }

  @Test func `joins small and large pieces in the order of the calls`() throws {
    var writer = try AtomicFileWriter(path: folder.path("a"), collision: .keepExisting)
    var expected: [UInt8] = []
    for (index, byteCount) in [3, 0, 700_000, 700_000, 2_000_000, 1, 1 << 20, 5].enumerated() {
      let piece = [UInt8](repeating: UInt8(index), count: byteCount)
      try writer.write(piece)
      expected += piece
      #expect(writer.byteCount == expected.count)
    }
    try writer.commit()
    #expect(try folder.bytes("a") == expected)
  }

  @Test func `pads with zeros to a multiple and not beyond it`() throws {
    var writer = try AtomicFileWriter(path: folder.path("a"), collision: .keepExisting)
    try writer.pad(toMultipleOf: 8)
    try writer.write([1, 2, 3])
    try writer.pad(toMultipleOf: 8)
    try writer.pad(toMultipleOf: 8)
    try writer.commit()
    #expect(try folder.bytes("a") == [1, 2, 3, 0, 0, 0, 0, 0])
  }

  @Test func `shows nothing under the final name before the commit`() throws {
    let path = try folder.write([9], to: "a")
    var writer = try AtomicFileWriter(path: path, collision: .replace)
    try writer.write([UInt8](repeating: 1, count: 2 << 20))
    #expect(try folder.bytes("a") == [9])
    try writer.commit()
    #expect(try folder.bytes("a").count == 2 << 20)
  }

  @Test func `leaves nothing behind when it is dropped`() throws {
    do {
      var writer = try AtomicFileWriter(path: folder.path("a"), collision: .keepExisting)
      try writer.write([UInt8](repeating: 1, count: 2 << 20))
      // Linux has files without a name; elsewhere, and on file systems without them, it is a sibling.
      #expect(try folder.names.allSatisfy { $0.hasPrefix("a.") && $0.hasSuffix(".partial") })
    }
    #expect(try folder.names == [])
  }

  @Test func `keeps what exists unless it may replace it`() throws {
    try write([1], to: "a", .keepExisting)
    let error = #expect(throws: FileError.self) { try write([2], to: "a", .keepExisting) }
    #expect(error?.code == EEXIST)
    #expect(error?.kind == .usage)
    #expect(try folder.bytes("a") == [1])
    try write([3], to: "a", .replace)
    #expect(try folder.bytes("a") == [3])
    #expect(try folder.names == ["a"])
  }

  @Test func `keeps a file that appeared while it was writing`() throws {
    let error = #expect(throws: FileError.self) {
      var writer = try AtomicFileWriter(path: folder.path("a"), collision: .keepExisting)
      try writer.write([1])
      try folder.write([2], to: "a")
      try writer.commit()
    }
    #expect(error?.code == EEXIST)
    #expect(try folder.bytes("a") == [2])
    #expect(try folder.names == ["a"])
  }

  @Test func `takes a link that points nowhere for a name that is taken`() throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("a"), withDestinationPath: "missing")
    let error = #expect(throws: FileError.self) { try write([1], to: "a", .keepExisting) }
    #expect(error?.code == EEXIST)
    #expect(try folder.names == ["a"])
  }

  @Test func `never replaces a folder or a device`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("a"), withIntermediateDirectories: false)
    let folderError = #expect(throws: FileError.self) { try write([1], to: "a", .replace) }
    #expect(folderError?.code == EISDIR)
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    let pipeError = #expect(throws: FileError.self) { try write([1], to: "pipe", .replace) }
    #expect(pipeError?.kind == .usage)
    #expect(pipeError?.problem == "cannot create: it is not a regular file")
    #expect(try folder.names == ["a", "pipe"])
  }

  @Test func `says that the folder is missing`() {
    let error = #expect(throws: FileError.self) { try write([1], to: "missing/a", .keepExisting) }
    #expect(error?.code == ENOENT)
    #expect(error?.place == folder.path("missing/a"))
  }

  @Test func `lets two writers of one name work side by side; the later commit stays`() throws {
    var first = try AtomicFileWriter(path: folder.path("a"), collision: .replace)
    var second = try AtomicFileWriter(path: folder.path("a"), collision: .replace)
    try first.write([1])
    try second.write([2])
    try second.commit()
    try first.commit()
    #expect(try folder.bytes("a") == [1])
    #expect(try folder.names == ["a"])
  }

  @Test func `passes by what a killed run left behind`() throws {
    let leftover = "a.\(getpid())-0.partial"
    try folder.write([7], to: leftover)
    try write([1], to: "a", .keepExisting)
    #expect(try folder.bytes("a") == [1])
    #expect(try folder.bytes(leftover) == [7])
  }

  // Mask, user and limit belong to the whole process, so that these run in one of their own.

  @Test func `honours the umask`() async {
    await #expect(processExitsWith: .success) {
      umask(0o027)
      let folder = try TemporaryFolder()
      let writer = try AtomicFileWriter(path: folder.path("a"), collision: .keepExisting)
      try writer.commit()
      var status = stat()
      #expect(stat(folder.path("a"), &status) == 0)
      #expect(status.st_mode & 0o777 == 0o640)
    }
  }

  @Test func `says that a folder cannot be written to, and leaves it as it was`() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      try folder.write([9], to: "a")
      #expect(chmod(folder.path, 0o555) == 0)
      // To root every folder can be written.
      if geteuid() == 0 { #expect(seteuid(65534) == 0) }
      for name in ["a", "b"] {
        let error = #expect(throws: FileError.self) {
          try AtomicFileWriter(path: folder.path(name), collision: .replace).commit()
        }
        #expect(error?.code == EACCES && error?.kind == .inputOutput)
      }
      #expect(try folder.names == ["a"])
      #expect(try folder.bytes("a") == [9])
      if getuid() == 0 { #expect(seteuid(0) == 0) }
      chmod(folder.path, 0o755)
    }
  }

  @Test func `fails and leaves nothing when the system takes no more bytes`() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
      #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
      #else
        let resource = RLIMIT_FSIZE
      #endif
      #expect(setrlimit(resource, &limit) == 0)
      let error = #expect(throws: FileError.self) {
        var writer = try AtomicFileWriter(path: folder.path("a"), collision: .keepExisting)
        for _ in 0..<3 { try writer.write([UInt8](repeating: 1, count: 1 << 20)) }
        try writer.commit()
      }
      #expect(error?.operation == .write)
      #expect(error?.code == EFBIG)
      #expect(error?.kind == .inputOutput)
      #expect(try folder.names == [])
    }
  }
}
