import TensorStorage

/// The bytes of a file from one place on, read in windows as they are asked for.
///
/// No count that stands in the file is believed before so many bytes are known to follow.
struct PickleInput {
  private static let windowByteCount = 64 << 10
  private static let maximumLineByteCount = 4096

  /// The file that is read.
  let file: RandomAccessFile
  /// The byte that comes next.
  private(set) var position: Int
  /// Where reading must stop.
  let end: Int

  private var window: [UInt8] = []
  private var windowStart = 0

  /// Bytes of a range that lies in the file.
  init(_ file: RandomAccessFile, range: Range<Int>) {
    self.file = file
    position = range.lowerBound
    end = range.upperBound
    windowStart = position
  }

  /// The next byte.
  mutating func byte() throws -> UInt8 {
    guard position < end else { throw PickleError(.truncated, at: position, file: file.path) }
    if position - windowStart >= window.count {
      window = try file.bytes(in: position..<min(position + Self.windowByteCount, end))
      windowStart = position
    }
    defer { position += 1 }
    return window[position - windowStart]
  }

  /// The next bytes.
  mutating func bytes(_ count: UInt64) throws -> [UInt8] {
    guard let count = Int(exactly: count), count <= end - position else {
      throw PickleError(.truncated, at: position, file: file.path)
    }
    let first = position - windowStart
    let bytes =
      first + count <= window.count
      ? Array(window[first..<first + count]) : try file.bytes(in: position..<position + count)
    position += count
    return bytes
  }

  /// A number of so many bytes, the least significant first.
  mutating func number(_ byteCount: Int) throws -> UInt64 {
    var number: UInt64 = 0
    for index in 0..<byteCount { number |= UInt64(try byte()) << UInt64(8 * index) }
    return number
  }

  /// The text up to the end of the line, which is taken too; `nil` when it is longer than any name.
  mutating func line() throws -> [UInt8]? {
    var line: [UInt8] = []
    while line.count < Self.maximumLineByteCount {
      let byte = try byte()
      if byte == 0x0A { return line }
      line.append(byte)
    }
    return nil
  }
}
