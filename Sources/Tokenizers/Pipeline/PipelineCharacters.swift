/// What a pipeline must know of a character beyond what BERT's tokenizer does.
struct PipelineCharacterClass: OptionSet, Sendable {
  let rawValue: UInt8

  /// `\p{L}` of GPT-2's splitting pattern.
  static let letter = PipelineCharacterClass(rawValue: 1)
  /// `\p{N}` of it.
  static let number = PipelineCharacterClass(rawValue: 2)
  /// `\s` of it, and what `WhitespaceSplit` cuts at.
  static let whitespace = PipelineCharacterClass(rawValue: 4)
  /// `StripAccents` removes it.
  static let mark = PipelineCharacterClass(rawValue: 8)
  /// It belongs to the grapheme cluster of the character in front.
  static let joining = PipelineCharacterClass(rawValue: 16)
  /// It takes the next character into its grapheme cluster.
  static let leading = PipelineCharacterClass(rawValue: 32)
  /// It is a grapheme cluster of its own.
  static let alone = PipelineCharacterClass(rawValue: 64)
}

/// The classes of all characters, unfolded from ``PipelineTables``.
struct PipelineCharacters: Sendable {
  /// The one set of tables; unfolding takes about a millisecond.
  static let standard = PipelineCharacters()

  private let classes: [UInt8]

  private init() {
    var classes = [UInt8](repeating: 0, count: 0x110000)
    func mark(_ table: String, _ class: PipelineCharacterClass) {
      for entry in CharacterTableReader.entries(of: table) {
        for scalar in entry.range { classes[scalar] |= `class`.rawValue }
      }
    }
    mark(PipelineTables.letters, .letter)
    mark(PipelineTables.numbers, .number)
    mark(CharacterTables.whitespace, .whitespace)
    mark(PipelineTables.marks, .mark)
    mark(PipelineTables.joining, .joining)
    mark(PipelineTables.leading, .leading)
    mark(PipelineTables.alone, .alone)
    self.classes = classes
  }

  /// The class of a scalar, which must be one of Unicode's.
  func `class`(of scalar: UInt32) -> PipelineCharacterClass {
    PipelineCharacterClass(rawValue: classes[Int(scalar)])
  }

  /// The classes of the ASCII characters.
  static let ascii = (0..<128).map { standard.class(of: UInt32($0)) }
}
