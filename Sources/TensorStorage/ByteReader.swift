/// Reads one thing after another from a part of a file, or of memory, and never beyond that part.
///
/// Of a file it holds a window of 64 KiB, so what is skipped is not read. Nothing is reserved for a
/// count that a file declares before the bytes are known to be there.
package struct ByteReader {
  /// The file's name, for messages.
  package let path: String
  /// Where the next byte is, counted from the file's beginning.
  package private(set) var position: Int
  /// Where reading must end.
  package private(set) var end: Int

  private let file: RandomAccessFile?
  private var window: [UInt8]
  private var windowStart = 0

  private static let windowByteCount = 1 << 16

  /// A reader of a whole file.
  package init(_ file: RandomAccessFile) {
    path = file.path
    position = 0
    end = file.byteCount
    self.file = file
    window = []
  }

  /// A reader of bytes in memory.
  ///
  /// - Parameter path: the file that they are from, for messages.
  package init(_ bytes: [UInt8], path: String) {
    self.path = path
    position = 0
    end = bytes.count
    file = nil
    window = bytes
  }

  /// Bytes that are left.
  package var remaining: Int { end - position }

  /// Goes on at another place, up to another end: a part that was found to lie within the whole.
  package mutating func move(to part: Range<Int>) {
    position = part.lowerBound
    end = part.upperBound
  }

  /// The next byte.
  ///
  /// - Throws: ``TruncatedBytes`` at the end; ``FileError``.
  package mutating func byte() throws -> UInt8 {
    try require(1)
    try load(1)
    let byte = window[position - windowStart]
    position += 1
    return byte
  }

  /// The next integer, little-endian.
  ///
  /// - Throws: ``TruncatedBytes`` when fewer bytes are left; ``FileError``.
  package mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(
    _ type: Integer.Type = Integer.self
  ) throws -> Integer {
    let width = Integer.bitWidth / 8
    try require(width)
    try load(width)
    var value: Integer = 0
    for index in stride(from: width - 1, through: 0, by: -1) {
      value = value << 8 | Integer(window[position - windowStart + index])
    }
    position += width
    return value
  }

  /// The next bytes.
  ///
  /// - Throws: ``TruncatedBytes`` when fewer are left; ``FileError``.
  package mutating func bytes(_ count: Int) throws -> [UInt8] {
    try require(count)
    defer { position += count }
    guard let file, count > Self.windowByteCount else {
      try load(count)
      return Array(window[position - windowStart..<position - windowStart + count])
    }
    return try file.bytes(in: position..<position + count)
  }

  /// Goes over bytes without reading them.
  ///
  /// - Throws: ``TruncatedBytes`` when fewer are left.
  package mutating func skip(_ count: Int) throws {
    try require(count)
    position += count
  }

  private func require(_ count: Int) throws(TruncatedBytes) {
    guard count <= remaining else {
      throw TruncatedBytes(path: path, position: position, missing: count - remaining)
    }
  }

  /// Sees to it that the window holds the next bytes, which are known to be in the file.
  private mutating func load(_ count: Int) throws(FileError) {
    guard let file, position < windowStart || position + count > windowStart + window.count else {
      return
    }
    let length = min(max(count, Self.windowByteCount), file.byteCount - position)
    window = try file.bytes(in: position..<position + length)
    windowStart = position
  }
}

/// A file, or a part of one that declares its size, ends before what must still come.
package struct TruncatedBytes: DescribedError {
  /// The file.
  package let path: String
  /// Where something was to begin.
  package let position: Int
  /// How many bytes it lacks.
  package let missing: Int

  /// A file's content is wrong.
  package var kind: FailureKind { .badData }
  /// The file and the place in it.
  package var place: String? { "\(path), byte \(position)" }
  /// What is missing.
  package var problem: String { "what begins here ends \(missing) bytes too soon" }
  /// What to do about it.
  package var advice: String? {
    "The file may have been cut or damaged; copy or download it again."
  }
}
