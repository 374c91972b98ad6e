import TensorStorage

/// A 64-bit XXH3 checksum as files spell it: 16 lower-case hexadecimal digits.
public struct Checksum: Sendable, Hashable, CustomStringConvertible {
  /// The checksum's bits.
  public let value: UInt64

  /// A checksum with these bits.
  public init(_ value: UInt64) { self.value = value }

  /// The checksum of bytes in memory.
  package init(of bytes: UnsafeRawBufferPointer) {
    var stream = StreamingChecksum()
    stream.update(bytes)
    value = stream.value
  }

  /// Reads the spelling; `nil` for anything but 16 lower-case hexadecimal digits.
  package init?(spelling: String) {
    let digits = spelling.utf8
    guard digits.count == 16 else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - 48)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - 87)
      default: return nil
      }
    }
    self.value = value
  }

  /// The checksum of a whole file, which is read in pieces of a megabyte.
  ///
  /// - Throws: ``FileError`` when the file cannot be read.
  package init(ofFile path: String) throws(FileError) {
    let file = try RandomAccessFile(path: path)
    var stream = StreamingChecksum()
    let piece = AlignedBuffer<UInt8>(count: min(max(file.byteCount, 1), 1 << 20))
    var offset = 0
    while offset < file.byteCount {
      let count = min(piece.count, file.byteCount - offset)
      let destination = UnsafeMutableRawBufferPointer(start: piece.baseAddress, count: count)
      try file.read(at: offset, into: destination)
      stream.update(UnsafeRawBufferPointer(destination))
      offset += count
    }
    value = stream.value
  }

  /// 16 lower-case hexadecimal digits, most significant first.
  public var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
