/// A strict pass over a JSON text before json-c reads it.
///
/// json-c accepts more than JSON is and keeps less than was written: it takes the last of two equal
/// names, cuts names at a NUL, replaces lone surrogates, reads `-0` as the integer 0 and cuts integers
/// to 64 bits, and json-c 0.16 loses some escaped surrogate pairs. This scan refuses or notes these. It runs once over the bytes, in linear time.
///
/// Source: RFC 8259.
struct JSONScan {
  /// The name of a member and where its opening quote stands.
  typealias Name = (text: String, byteOffset: Int)

  /// The names of each object, objects in the order in which they open.
  private(set) var objects: [[Name]] = []
  /// Integers that json-c does not keep, `-0` and those beyond 64 bits: which of the numbers, counted
  /// through the text, and its value.
  private(set) var otherIntegers: [(position: Int, value: Double)] = []
  /// Strings that are no names and hold escaped surrogate pairs: which of the strings, and its text.
  private(set) var otherStrings: [(position: Int, text: String)] = []
  /// The bytes of the value, without the whitespace around it.
  private(set) var valueRange = 0..<0

  private let bytes: UnsafeRawBufferPointer
  private let file: String
  private let maximumDepth: Int
  private let maximumValueCount: Int
  private var offset = 0
  private var valueCount = 0
  private var numberCount = 0
  private var stringCount = 0

  /// Scans a whole text.
  ///
  /// - Throws: ``JSONError`` for the first clause of the grammar that the text violates.
  init(
    _ bytes: UnsafeRawBufferPointer, file: String, maximumDepth: Int, maximumValueCount: Int
  ) throws(JSONError) {
    self.bytes = bytes
    self.file = file
    self.maximumDepth = maximumDepth
    self.maximumValueCount = maximumValueCount
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw error(.byteOrderMark) }
    skipWhitespace()
    let start = offset
    try scanValue(depth: 0)
    valueRange = start..<offset
    skipWhitespace()
    if offset < bytes.count { throw error(.trailingBytes) }
  }

  private func error(_ clause: JSONError.Clause, at place: Int? = nil) -> JSONError {
    JSONError(clause, at: place ?? offset, file: file)
  }

  private func unexpected(expected: String) -> JSONError {
    offset < bytes.count
      ? error(.unexpectedByte(bytes[offset], expected: expected))
      : error(.unexpectedEnd(expected: expected))
  }

  /// The byte at the current place; 0, which no JSON text holds, at the end.
  private var current: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  private mutating func skipWhitespace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  private mutating func scanValue(depth: Int) throws(JSONError) {
    try count(current == UInt8(ascii: "{") ? Self.valuesPerObject : 1)
    switch current {
    case UInt8(ascii: "{"): try scanObject(depth: depth + 1)
    case UInt8(ascii: "["): try scanArray(depth: depth + 1)
    case UInt8(ascii: "\""): try scanStringValue()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
    case UInt8(ascii: "t"): try scanLiteral("true")
    case UInt8(ascii: "f"): try scanLiteral("false")
    case UInt8(ascii: "n"): try scanLiteral("null")
    default: throw unexpected(expected: "a value")
    }
  }

  /// json-c gives every object, be it empty, a table of sixteen places.
  private static let valuesPerObject = 8

  private mutating func count(_ values: Int) throws(JSONError) {
    valueCount += values
    guard valueCount <= maximumValueCount else {
      throw error(.tooManyValues(limit: maximumValueCount))
    }
  }

  private mutating func scanLiteral(_ literal: StaticString) throws(JSONError) {
    for index in 0..<literal.utf8CodeUnitCount {
      guard current == literal.utf8Start[index] else { throw unexpected(expected: "\(literal)") }
      offset += 1
    }
  }

  private mutating func scanArray(depth: Int) throws(JSONError) {
    guard depth <= maximumDepth else { throw error(.tooDeep(limit: maximumDepth)) }
    offset += 1
    skipWhitespace()
    if current == UInt8(ascii: "]") {
      offset += 1
      return
    }
    while true {
      try scanValue(depth: depth)
      skipWhitespace()
      let byte = current
      guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") else {
        throw unexpected(expected: "',' or ']'")
      }
      offset += 1
      if byte == UInt8(ascii: "]") { return }
      skipWhitespace()
    }
  }

  private mutating func scanObject(depth: Int) throws(JSONError) {
    guard depth <= maximumDepth else { throw error(.tooDeep(limit: maximumDepth)) }
    offset += 1
    let position = objects.count
    objects.append([])
    var names: [Name] = []
    skipWhitespace()
    if current == UInt8(ascii: "}") {
      offset += 1
      return
    }
    while true {
      let start = offset
      guard current == UInt8(ascii: "\"") else { throw unexpected(expected: "a name in quotes") }
      try count(1)
      let escapes = try scanString()
      let name =
        escapes == .none ? text(start + 1..<offset - 1) : unescapedText(start + 1..<offset - 1)
      names.append((name, start))
      skipWhitespace()
      guard current == UInt8(ascii: ":") else { throw unexpected(expected: "':'") }
      offset += 1
      skipWhitespace()
      try scanValue(depth: depth)
      skipWhitespace()
      let byte = current
      guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") else {
        throw unexpected(expected: "',' or '}'")
      }
      offset += 1
      if byte == UInt8(ascii: "}") { break }
      skipWhitespace()
    }
    objects[position] = names
  }

  private mutating func scanNumber() throws(JSONError) {
    let start = offset
    if current == UInt8(ascii: "-") { offset += 1 }
    let integerStart = offset
    guard scanDigits() > 0 else { throw error(.malformedNumber, at: start) }
    if bytes[integerStart] == UInt8(ascii: "0"), offset - integerStart > 1 {
      throw error(.malformedNumber, at: start)
    }
    var isInteger = true
    var exponentDigits = 0
    if current == UInt8(ascii: ".") {
      isInteger = false
      offset += 1
      guard scanDigits() > 0 else { throw error(.malformedNumber, at: start) }
    }
    if current | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      offset += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
      exponentDigits = scanDigits()
      guard exponentDigits > 0 else { throw error(.malformedNumber, at: start) }
    }
    if isInteger {
      if bytes[start] == UInt8(ascii: "-"), bytes[integerStart] == UInt8(ascii: "0") {
        otherIntegers.append((numberCount, -0.0))
      }
      // Nineteen characters, a sign among them or not, always fit a UInt64 or an Int.
      if offset - start > 18, Int(text(start..<offset)) == nil, UInt64(text(start..<offset)) == nil
      {
        otherIntegers.append((numberCount, try double(start..<offset)))
      }
    } else if exponentDigits > 2 || offset - start > 300 {
      _ = try double(start..<offset)
    }
    numberCount += 1
  }

  private func double(_ range: Range<Int>) throws(JSONError) -> Double {
    guard let value = Double(text(range)), value.isFinite else {
      throw error(.numberOutOfRange, at: range.lowerBound)
    }
    return value
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }

  private mutating func scanDigits() -> Int {
    let start = offset
    while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(current) { offset += 1 }
    return offset - start
  }

  /// What escapes a string holds.
  private enum Escapes { case none, some, surrogatePairs }

  private mutating func scanStringValue() throws(JSONError) {
    let start = offset
    if try scanString() == .surrogatePairs {
      // json-c 0.16 makes U+FFFD of a pair whose scalar looks like a surrogate in its low 16 bits,
      // ideographs of plane 2 among them.
      otherStrings.append((stringCount, unescapedText(start + 1..<offset - 1)))
    }
    stringCount += 1
  }

  /// Passes over a string from its opening quote to behind its closing one.
  private mutating func scanString() throws(JSONError) -> Escapes {
    offset += 1
    var escapes = Escapes.none
    while offset < bytes.count {
      let byte = bytes[offset]
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return escapes
      case UInt8(ascii: "\\"):
        if try scanEscape() {
          escapes = .surrogatePairs
        } else if escapes == .none {
          escapes = .some
        }
      case 0..<0x20: throw error(.controlCharacter(byte))
      case 0..<0x80: offset += 1
      default: try scanNonASCII()
      }
    }
    throw error(.unexpectedEnd(expected: "the closing quote of a string"))
  }

  /// Passes over an escape; says whether it is a surrogate pair.
  private mutating func scanEscape() throws(JSONError) -> Bool {
    let start = offset
    offset += 1
    switch current {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      offset += 1
      return false
    case UInt8(ascii: "u"):
      let unit = try codeUnit(at: start)
      offset = start + 6
      if unit & 0xFC00 == 0xDC00 { throw error(.loneSurrogate, at: start) }
      guard unit & 0xFC00 == 0xD800 else { return false }
      guard current == UInt8(ascii: "\\"), offset + 1 < bytes.count,
        bytes[offset + 1] == UInt8(ascii: "u"), try codeUnit(at: offset) & 0xFC00 == 0xDC00
      else { throw error(.loneSurrogate, at: start) }
      offset += 6
      return true
    default: throw error(.invalidEscape, at: start)
    }
  }

  /// The UTF-16 unit of the escape `\uXXXX` that starts at `place`.
  private func codeUnit(at place: Int) throws(JSONError) -> UInt32 {
    var unit: UInt32 = 0
    for index in place + 2..<place + 6 {
      guard index < bytes.count, let digit = Self.hexadecimalDigit(bytes[index]) else {
        throw error(.invalidEscape, at: place)
      }
      unit = unit << 4 | digit
    }
    return unit
  }

  private static func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  /// Passes over one character of two to four bytes (Unicode standard, table 3-7).
  private mutating func scanNonASCII() throws(JSONError) {
    let (length, second): (Int, ClosedRange<UInt8>) =
      switch bytes[offset] {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: throw error(.invalidUTF8)
      }
    guard offset + length <= bytes.count, second.contains(bytes[offset + 1]),
      bytes[offset + 2..<offset + length].allSatisfy({ $0 & 0xC0 == 0x80 })
    else { throw error(.invalidUTF8) }
    offset += length
  }

  /// The text of a string that the scan has accepted, its escapes resolved.
  private func unescapedText(_ range: Range<Int>) -> String {
    var units: [UInt16] = []
    var position = range.lowerBound
    while position < range.upperBound {
      guard bytes[position] == UInt8(ascii: "\\") else {
        let end = bytes[position..<range.upperBound].firstIndex(of: UInt8(ascii: "\\"))
        units.append(contentsOf: text(position..<(end ?? range.upperBound)).utf16)
        position = end ?? range.upperBound
        continue
      }
      switch bytes[position + 1] {
      case UInt8(ascii: "b"): units.append(0x08)
      case UInt8(ascii: "f"): units.append(0x0C)
      case UInt8(ascii: "n"): units.append(0x0A)
      case UInt8(ascii: "r"): units.append(0x0D)
      case UInt8(ascii: "t"): units.append(0x09)
      case UInt8(ascii: "u"):
        units.append(UInt16((try? codeUnit(at: position)) ?? 0xFFFD))
        position += 4
      case let other: units.append(UInt16(other))
      }
      position += 2
    }
    return String(decoding: units, as: UTF16.self)
  }
}
