/// What the tokenizer must know of a character.
struct CharacterClass: OptionSet, Sendable {
  let rawValue: UInt8

  /// Clean-up removes it.
  static let removed = CharacterClass(rawValue: 1)
  /// It separates words; clean-up makes a space of it.
  static let whitespace = CharacterClass(rawValue: 2)
  /// An ideograph, set apart by spaces.
  static let chinese = CharacterClass(rawValue: 4)
  /// A word of its own.
  static let punctuation = CharacterClass(rawValue: 8)
  /// A nonspacing mark.
  static let mark = CharacterClass(rawValue: 16)
  /// It has a canonical decomposition that is no mark alone.
  static let decomposes = CharacterClass(rawValue: 32)
  /// It has a lower case.
  static let lowercases = CharacterClass(rawValue: 64)
}

/// The classes and mappings of all characters, unfolded from ``CharacterTables``.
struct CharacterProperties: Sendable {
  /// The one set of tables; unfolding takes about a millisecond.
  static let standard = CharacterProperties()

  private let classes: [UInt8]
  private let decompositions: [UInt32: [UInt32]]
  private let lowercase: [UInt32: [UInt32]]

  private init() {
    var classes = [UInt8](repeating: 0, count: 0x110000)
    var decompositions: [UInt32: [UInt32]] = [:]
    var lowercase: [UInt32: [UInt32]] = [:]
    func mark(_ table: String, _ class: CharacterClass) {
      for entry in CharacterTableReader.entries(of: table) {
        for scalar in entry.range { classes[scalar] |= `class`.rawValue }
      }
    }
    func map(_ table: String, _ class: CharacterClass, into map: inout [UInt32: [UInt32]]) {
      for entry in CharacterTableReader.entries(of: table) {
        for scalar in stride(
          from: entry.range.lowerBound, to: entry.range.upperBound, by: entry.step)
        {
          classes[scalar] |= `class`.rawValue
          map[UInt32(scalar)] = entry.targets ?? [UInt32(scalar + entry.distance)]
        }
      }
    }
    mark(CharacterTables.removed, .removed)
    mark(CharacterTables.whitespace, .whitespace)
    mark(CharacterTables.chinese, .chinese)
    mark(CharacterTables.punctuation, .punctuation)
    mark(CharacterTables.marks, .mark)
    map(CharacterTables.decompositions, .decomposes, into: &decompositions)
    map(CharacterTables.lowercase, .lowercases, into: &lowercase)
    for scalar in Self.hangul { classes[Int(scalar)] |= CharacterClass.decomposes.rawValue }
    self.classes = classes
    self.decompositions = decompositions
    self.lowercase = lowercase
  }

  /// The class of a scalar, which must be one of Unicode's.
  func `class`(of scalar: UInt32) -> CharacterClass {
    CharacterClass(rawValue: classes[Int(scalar)])
  }

  /// Calls `body` with the canonical decomposition of a scalar, its nonspacing marks left out.
  func decompose(_ scalar: UInt32, _ body: (UInt32) -> Void) {
    if Self.hangul.contains(scalar) {
      // Unicode standard, section 3.12: a syllable is a leading consonant, a vowel and perhaps a
      // trailing consonant.
      let index = scalar - Self.hangul.lowerBound
      body(0x1100 + index / 588)
      body(0x1161 + index % 588 / 28)
      if index % 28 != 0 { body(0x11A7 + index % 28) }
    } else {
      for part in decompositions[scalar] ?? [scalar] { body(part) }
    }
  }

  /// Calls `body` with the lower case of a scalar.
  func lowercase(_ scalar: UInt32, _ body: (UInt32) -> Void) {
    for part in lowercase[scalar] ?? [scalar] { body(part) }
  }

  private static let hangul: Range<UInt32> = 0xAC00..<0xD7A4
}

/// Reads the notation of ``CharacterTables``.
enum CharacterTableReader {
  struct Entry {
    var range: Range<Int>
    var step = 1
    var targets: [UInt32]?
    var distance = 0
  }

  static func entries(of table: String) -> [Entry] {
    table.utf8.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") })
      .map { entry(Array($0)) }
  }

  private static func entry(_ text: [UInt8]) -> Entry {
    var position = 0
    func number() -> Int {
      var value = 0
      while position < text.count {
        switch text[position] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value * 16 + Int(text[position]) - 48
        case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value * 16 + Int(text[position]) - 55
        default: return value
        }
        position += 1
      }
      return value
    }
    let first = number()
    var entry = Entry(range: first..<first + 1)
    // A minus directly after the first number is a range, a later one a distance.
    if position < text.count, text[position] == UInt8(ascii: "-") {
      position += 1
      let second = number()
      // A range never runs backwards; `1C90-BC0` is a distance.
      if second >= first {
        entry.range = first..<second + 1
      } else {
        entry.distance = -second
      }
    }
    while position < text.count {
      let sign = text[position]
      position += 1
      let value = number()
      switch sign {
      case UInt8(ascii: "/"): entry.step = value
      case UInt8(ascii: "+"): entry.distance = value
      case UInt8(ascii: "-"): entry.distance = -value
      default: entry.targets = (entry.targets ?? []) + [UInt32(value)]
      }
    }
    return entry
  }
}
