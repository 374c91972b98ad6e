import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a document, from a file, a pipe or standard input.
enum DocumentBytes {
  /// Reads to the end; `-` is standard input.
  ///
  /// - Throws: `FileError`; `Interrupted` when the user asks to stop while nothing arrives.
  static func read(_ path: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try withDescriptor(path) { descriptor, name in
      try forEachPiece(of: descriptor, name) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// Opens a document that is read more than once; what comes through a pipe, standard input among
  /// it, is copied to a temporary file that has no name any more.
  ///
  /// - Throws: `FileError`; `Interrupted` when the user asks to stop while nothing arrives.
  static func open(_ path: String) throws -> RandomAccessFile {
    var status = stat()
    // The system's own files (/proc) are regular, empty, and can be read all the same.
    if path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size > 0
    {
      return try RandomAccessFile(path: path)
    }
    return try withDescriptor(path, copy)
  }

  private static func copy(_ source: Int32, _ name: String) throws -> RandomAccessFile {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/rmt-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard descriptor >= 0 else { throw FileError(.create, path) }
    defer {
      close(descriptor)
      unlink(path)
    }
    try forEachPiece(of: source, name) { piece in
      var rest = UnsafeRawBufferPointer(rebasing: piece[...])
      while let base = rest.baseAddress, !rest.isEmpty {
        let count = write(descriptor, base, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw FileError(.write, path) }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
    return try RandomAccessFile(path: path)
  }

  private static func withDescriptor<Result>(
    _ path: String, _ body: (_ descriptor: Int32, _ name: String) throws -> Result
  ) throws -> Result {
    guard path != "-" else { return try body(STDIN_FILENO, "standard input") }
    #if canImport(Glibc)
      let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    #else
      let descriptor = Darwin.open(path, O_RDONLY | O_CLOEXEC)
    #endif
    guard descriptor >= 0 else { throw FileError(.open, path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(.open, path) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(.open, path, code: EISDIR) }
    return try body(descriptor, path)
  }

  private static func forEachPiece(
    of descriptor: Int32, _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      // poll() is never restarted after a signal, as read() is: Ctrl-C at an idle terminal works.
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&request, 1, -1)
      try Interruption.check()
      if ready < 0 && errno == EINTR { continue }
      let count = piece.withUnsafeMutableBytes { buffer in
        #if canImport(Glibc)
          Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #else
          Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(.read, name) }
      guard count > 0 else { return }
      try piece.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }
}
