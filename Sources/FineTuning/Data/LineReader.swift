import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads a file line by line, holding one line and one piece of the file at a time.
package struct LineReader {
  /// The number of the line that ``next()`` gave last, from 1.
  package private(set) var lineNumber = 0
  private let file: RandomAccessFile
  private let maximumLineByteCount: Int
  private var piece: [UInt8] = []
  private var position = 0
  private var fileOffset = 0

  /// Opens a file.
  ///
  /// - Throws: `FileError` when it is missing, unreadable or a folder.
  package init(path: String, maximumLineByteCount: Int) throws(FileError) {
    file = try RandomAccessFile(path: path)
    self.maximumLineByteCount = maximumLineByteCount
  }

  /// The next line without its line feed; `nil` at the end.
  ///
  /// - Throws: ``DocumentError/lineTooLong(file:line:maximumByteCount:)``, or `FileError` when the
  ///   file cannot be read.
  package mutating func next() throws -> [UInt8]? {
    var line: [UInt8] = []
    var hasLine = false
    while true {
      if position == piece.count {
        guard fileOffset < file.byteCount else { return hasLine ? line : nil }
        let end = min(file.byteCount, fileOffset + 1 << 20)
        piece = try file.bytes(in: fileOffset..<end)
        fileOffset = end
        position = 0
      }
      if !hasLine {
        hasLine = true
        lineNumber += 1
      }
      let start = position
      let newline = piece.withUnsafeBytes { bytes -> Int? in
        guard let base = bytes.baseAddress else { return nil }
        return memchr(base + start, 10, bytes.count - start).map { UnsafeRawPointer($0) - base }
      }
      let end = newline ?? piece.count
      guard line.count + (end - start) <= maximumLineByteCount else {
        throw DocumentError.lineTooLong(
          file: file.path, line: lineNumber, maximumByteCount: maximumLineByteCount)
      }
      line.append(contentsOf: piece[start..<end])
      position = newline.map { $0 + 1 } ?? end
      if newline != nil { return line }
    }
  }
}
