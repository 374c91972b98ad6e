/// The pieces of a WordPiece tokenizer; a piece's id is its place.
public struct WordPieceVocabulary: Sendable, Hashable {
  /// The pieces in the order of their ids, empty strings for ids that no piece has.
  public let tokens: [String]

  /// The most pieces that are accepted; the largest vocabularies of encoders have a million.
  public static let largestCount = 1 << 21
  /// The longest piece that is accepted, in bytes.
  package static let longestByteCount = 1000
  /// The most bytes that all pieces may have; a million take ten.
  package static let largestByteCount = 16 << 20
  /// The most bytes that are read of a file with a piece, or a merge of two, a line.
  static let largestFileByteCount = 32 << 20

  /// A vocabulary.
  ///
  /// A piece may occur twice; its id is the last one, as it is in the reference.
  ///
  /// - Parameter file: the file's name, for messages.
  /// - Throws: ``TokenizerError`` when there is no piece, when there are too many, when one or all
  ///   together are too long, or when a piece holds a line break.
  public init(tokens: [String], file: String) throws(TokenizerError) {
    try Self.checkSize(of: tokens, file: file)
    for (id, token) in tokens.enumerated() where token.utf8.contains(UInt8(ascii: "\n")) {
      throw .lineBreakInToken(id: id, file: file)
    }
    self.tokens = tokens
  }

  /// Checks that a search for pieces takes no more memory than it does for the largest vocabularies.
  package static func checkSize(of tokens: [String], file: String) throws(TokenizerError) {
    guard tokens.contains(where: { !$0.isEmpty }) else { throw .emptyVocabulary(file: file) }
    try checkCount(tokens.count, file: file)
    var byteCount = 0
    for token in tokens {
      guard token.utf8.count <= longestByteCount else {
        throw .unsupported(
          what: "a piece of \(token.utf8.count) bytes", expected: "at most \(longestByteCount)",
          file: file)
      }
      byteCount += token.utf8.count
    }
    guard byteCount <= largestByteCount else {
      throw .unsupported(
        what: "pieces of \(byteCount) bytes together", expected: "at most \(largestByteCount)",
        file: file)
    }
  }

  private static func checkCount(_ count: Int, file: String) throws(TokenizerError) {
    guard count <= largestCount else {
      throw .vocabularyTooLarge(count: count, limit: largestCount, file: file)
    }
  }

  /// Reads the bytes of a `vocab.txt`: a piece a line, line ends LF or CRLF.
  ///
  /// - Throws: ``TokenizerError`` when a line is not UTF-8, or as ``init(tokens:file:)`` does.
  public init(lines bytes: [UInt8], file: String) throws(TokenizerError) {
    // Told before there is a string for each.
    try Self.checkCount(bytes.count { $0 == UInt8(ascii: "\n") }, file: file)
    var tokens: [String] = []
    bytes.withUnsafeBufferPointer { bytes in
      var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      while start < bytes.count {
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        let hasReturn = end > start && bytes[end - 1] == UInt8(ascii: "\r")
        let line = UnsafeBufferPointer(rebasing: bytes[start..<(hasReturn ? end - 1 : end)])
        tokens.append(String(decoding: line, as: UTF8.self))
        start = end + 1
      }
    }
    while tokens.last?.isEmpty == true { tokens.removeLast() }
    // Decoding mends what is not UTF-8; whether it had to is asked once for the whole file.
    if String(validating: bytes, as: UTF8.self) == nil {
      let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
      throw .lineNotUTF8(line: line + 1, file: file)
    }
    try self.init(tokens: tokens, file: file)
  }

  /// How many ids there are.
  public var count: Int { tokens.count }

  /// The vocabulary in the form of `vocab.txt`.
  public var lines: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(tokens.reduce(0) { $0 + $1.utf8.count + 1 })
    for token in tokens {
      bytes += token.utf8
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  /// Whether both have the same bytes for every id.
  public static func == (left: WordPieceVocabulary, right: WordPieceVocabulary) -> Bool {
    // Not `String`'s equality, which takes composed and decomposed letters for the same.
    left.count == right.count
      && zip(left.tokens, right.tokens).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
  }

  /// Hashes what equality compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for token in tokens { for byte in token.utf8 { hasher.combine(byte) } }
  }
}
