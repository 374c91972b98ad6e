import TensorStorage

/// Turns the bytes of a text file into text.
public enum TextDecoder {
  /// What the bytes were taken for.
  public enum Encoding: String, Sendable {
    /// Well-formed UTF-8.
    case utf8 = "UTF-8"
    /// Anything else.
    case windows1252 = "Windows-1252"
  }

  /// The text of a file's bytes: UTF-8 where they are that, else Windows-1252.
  ///
  /// A byte order mark of UTF-8 is left out. The five bytes that Windows-1252 leaves open become the
  /// control characters of the same number, as in the WHATWG's encoding standard.
  public static func decode(
    _ bytes: some Collection<UInt8>
  ) -> (text: String, encoding: Encoding) {
    if let text = text(of: bytes, in: .utf8, opensFile: true) { return (text, .utf8) }
    return (windows1252(bytes), .windows1252)
  }

  /// The text of a part of a file in an encoding; `nil` where the bytes are not well formed in it.
  ///
  /// - Parameter opensFile: whether the part is the file's first, where a byte order mark is left out.
  package static func text(
    of bytes: some Collection<UInt8>, in encoding: Encoding, opensFile: Bool
  ) -> String? {
    switch encoding {
    case .windows1252: return windows1252(bytes)
    case .utf8:
      let hasMark = opensFile && bytes.starts(with: [0xEF, 0xBB, 0xBF])
      return String(validating: bytes.dropFirst(hasMark ? 3 : 0), as: UTF8.self)
    }
  }

  private static func windows1252(_ bytes: some Collection<UInt8>) -> String {
    var utf8: [UInt8] = []
    utf8.reserveCapacity(bytes.count + bytes.count / 8)
    for byte in bytes {
      let scalar = (0x80...0x9F).contains(byte) ? upperControls[Int(byte - 0x80)] : UInt32(byte)
      UTF8Scalar.append(scalar, to: &utf8)
    }
    return String(decoding: utf8, as: UTF8.self)
  }

  /// Reads a whole file and decodes it.
  ///
  /// - Throws: ``FileError`` when the file cannot be read.
  public static func decodeFile(
    _ path: String
  ) throws(FileError) -> (text: String, encoding: Encoding) {
    let file = try RandomAccessFile(path: path)
    return decode(try file.bytes(in: 0..<file.byteCount))
  }

  /// The characters of the bytes 0x80 to 0x9F.
  private static let upperControls: [UInt32] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
  ]
}
