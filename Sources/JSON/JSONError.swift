import TensorStorage

/// A text that is not the strict JSON (RFC 8259) which this package reads.
public struct JSONError: DescribedError, Hashable {
  /// The rule that was violated.
  public enum Clause: Sendable, Hashable {
    /// A byte that cannot stand here; says what could.
    case unexpectedByte(UInt8, expected: String)
    /// The text ends too early; says what is missing.
    case unexpectedEnd(expected: String)
    /// Something follows the value.
    case trailingBytes
    /// The text begins with a byte order mark.
    case byteOrderMark
    /// Bytes in a string that are not UTF-8.
    case invalidUTF8
    /// A control character below U+0020 that is not escaped.
    case controlCharacter(UInt8)
    /// A backslash followed by something that is no escape.
    case invalidEscape
    /// Half of a UTF-16 surrogate pair without the other.
    case loneSurrogate
    /// A number that breaks the grammar: leading zero, sign, missing digits.
    case malformedNumber
    /// A number beyond `Double`.
    case numberOutOfRange
    /// A member name that occurs twice in one object, compared after its escapes.
    case duplicateName(String)
    /// Two names of one object that differ only after a NUL character.
    case ambiguousNames
    /// More nested arrays and objects than allowed.
    case tooDeep(limit: Int)
    /// More values than allowed; a name counts as one, an object as eight.
    case tooManyValues(limit: Int)
    /// More bytes than allowed.
    case tooLarge(byteCount: Int, limit: Int)
    /// json-c refused what the scan had accepted.
    case refused(reason: String)
  }

  /// The rule that was violated.
  public let clause: Clause
  /// Where, counted from the first byte of the text.
  public let byteOffset: Int
  /// The file's name as it was given.
  public let file: String

  /// An error at a place.
  public init(_ clause: Clause, at byteOffset: Int, file: String) {
    self.clause = clause
    self.byteOffset = byteOffset
    self.file = file
  }

  /// A file's content is wrong.
  public var kind: FailureKind { .badData }

  /// The file.
  public var place: String? { file }

  /// The byte offset, what stands there and what was expected.
  public var problem: String {
    if case .tooLarge(let byteCount, let limit) = clause {
      return "\(byteCount) bytes of JSON, where at most \(limit) are accepted"
    }
    if case .tooManyValues = clause { return "at byte \(byteOffset) \(clauseText)" }
    return "not valid JSON at byte \(byteOffset): \(clauseText)"
  }

  private var clauseText: String {
    switch clause {
    case .unexpectedByte(let byte, let expected): "found \(Self.name(byte)), expected \(expected)"
    case .unexpectedEnd(let expected): "the text ends, expected \(expected)"
    case .trailingBytes: "something follows the value, expected the end"
    case .byteOrderMark: "a byte order mark, expected the value"
    case .invalidUTF8: "bytes that are not UTF-8"
    case .controlCharacter(let byte): "\(Self.name(byte)) in a string, expected an escape"
    case .invalidEscape: "a backslash that begins no escape of JSON"
    case .loneSurrogate: "half of a surrogate pair"
    case .malformedNumber: "a number that is not written as JSON writes it"
    case .numberOutOfRange: "a number too large to be held"
    case .duplicateName(let name): "the name \"\(name)\" occurs twice in one object"
    case .ambiguousNames: "two names in one object differ only after a NUL character"
    case .tooDeep(let limit): "more than \(limit) nested arrays and objects"
    case .tooManyValues(let limit):
      "there are more than \(limit) values, which is more than is read"
    case .tooLarge: "too large"
    case .refused(let reason): reason
    }
  }

  /// How to mend the file, where that can be said.
  public var advice: String? {
    switch clause {
    case .unexpectedEnd: "The file may have been cut; copy it again."
    case .byteOrderMark: "Save the file as UTF-8 without a byte order mark."
    case .invalidUTF8: "Save the file as UTF-8."
    case .duplicateName: "Remove one of the two."
    case .tooDeep, .tooManyValues, .tooLarge: "Check that it is the file that you mean."
    default: "Mend that place, or save the file again with the program that wrote it."
    }
  }

  private static func name(_ byte: UInt8) -> String {
    if (0x21...0x7E).contains(byte) { return "'\(Character(Unicode.Scalar(byte)))'" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "byte 0x" + (digits.count == 1 ? "0" : "") + digits
  }
}
