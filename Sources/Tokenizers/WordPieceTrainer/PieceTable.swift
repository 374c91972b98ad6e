/// The pieces of a vocabulary in the making, each with the id that is its place.
struct PieceTable {
  /// A piece by what it spells and where in a word it stands.
  private struct Key: Hashable {
    let text: [UInt8]
    let continues: Bool
  }

  private let prefix: String
  private var keys: [Key] = []
  private var ids: [Key: Int32] = [:]

  init(continuationPrefix: String) { prefix = continuationPrefix }

  /// Pieces so far.
  var count: Int { keys.count }

  /// The pieces as a vocabulary spells them.
  var tokens: [String] {
    keys.map { ($0.continues ? prefix : "") + String(decoding: $0.text, as: UTF8.self) }
  }

  /// Adds a token with a role.
  mutating func addSpecial(_ name: String) { _ = id(Key(text: Array(name.utf8), continues: false)) }

  /// The id of a character, which is added unless it is there.
  @discardableResult
  mutating func add(_ character: Character, continues: Bool) -> Int32 {
    id(Key(text: character.bytes, continues: continues))
  }

  /// The id of two pieces written as one, which is added unless another pair has made it already.
  mutating func join(_ left: Int32, _ right: Int32) -> Int32 {
    let (first, second) = (keys[Int(left)], keys[Int(right)])
    return id(Key(text: first.text + second.text, continues: first.continues))
  }

  private mutating func id(_ key: Key) -> Int32 {
    if let id = ids[key] { return id }
    let id = Int32(keys.count)
    keys.append(key)
    ids[key] = id
    return id
  }

  /// One scalar in UTF-8.
  struct Character {
    fileprivate let bytes: [UInt8]

    init(_ scalar: UInt32) {
      var bytes: [UInt8] = []
      UTF8Scalar.append(scalar, to: &bytes)
      self.bytes = bytes
    }
  }
}

/// Words as rows of pieces, one after another in one array.
struct SplitWords {
  /// The pieces of all words.
  private(set) var pieces: [Int32] = []
  /// Where each word's pieces begin, and where the last word's end.
  private(set) var starts: [Int] = [0]
  /// How often each word occurs.
  private(set) var counts: [Int] = []

  /// Words of single characters; one with a character outside the alphabet is left out, because no
  /// pieces make it.
  ///
  /// Continuing characters that occur are added to `table` in the order of their codes.
  init(
    _ words: [(key: [UInt8], value: Int)], alphabet: Set<UInt32>, pieces table: inout PieceTable
  ) {
    var scalars: [[UInt32]] = []
    var continuations: Set<UInt32> = []
    for (word, count) in words {
      var row: [UInt32] = []
      word.withUnsafeBufferPointer { bytes in
        var position = 0
        while position < bytes.count { row.append(UTF8Scalar.decode(bytes, at: &position)) }
      }
      guard row.allSatisfy(alphabet.contains) else { continue }
      continuations.formUnion(row.dropFirst())
      scalars.append(row)
      counts.append(count)
    }
    var ids: [UInt32: (first: Int32, continuing: Int32)] = [:]
    for scalar in continuations.sorted() {
      table.add(.init(scalar), continues: true)
    }
    for scalar in Set(scalars.joined()) {
      let first = table.add(.init(scalar), continues: false)
      let continuing =
        continuations.contains(scalar) ? table.add(.init(scalar), continues: true) : first
      ids[scalar] = (first, continuing)
    }
    for row in scalars {
      for (place, scalar) in row.enumerated() {
        guard let id = ids[scalar] else { continue }
        pieces.append(place == 0 ? id.first : id.continuing)
      }
      starts.append(pieces.count)
    }
  }
}
