/// One walk through a character map's trie, which checks it and collects its keys.
///
/// A unit of the double array holds a label in its low byte, whether a key ends there (bit 8), and the
/// distance to its children: the child with label c of the unit at p lies at p ^ distance ^ c, the
/// value at p ^ distance. Several units may share children, for the trie shares endings; so the walk
/// is bounded by its steps and by the length of keys, and not by places seen before.
struct CharacterMapWalk {
  private(set) var keys = ByteTrie()
  private(set) var spans: [Range<Int>] = []

  private let bytes: [UInt8]
  private let file: String
  private let unitCount: Int
  /// The places of units that can be children, ordered by where their siblings' labels count from.
  private let children: [(base: Int32, place: Int32)]
  /// The number in ``spans`` of each replacement that was met.
  private var spanNumbers: [Int: Int32] = [:]

  /// Units that the walk may visit for each unit of the array.
  private static let visitsPerUnit = 16

  init(_ bytes: [UInt8], file: String) throws(TokenizerError) {
    guard bytes.count >= 4 else { throw .characterMap(.truncated, file: file) }
    let trieByteCount = Int(Self.word(bytes, 0))
    guard trieByteCount >= 4, trieByteCount % 4 == 0, trieByteCount <= bytes.count - 4 else {
      throw .characterMap(.trieByteCount(trieByteCount, byteCount: bytes.count), file: file)
    }
    unitCount = trieByteCount / 4
    var children: [(base: Int32, place: Int32)] = []
    children.reserveCapacity(unitCount)
    for place in 1..<max(1, unitCount) {
      let unit = Self.word(bytes, 4 + 4 * place)
      // Values have the highest bit set; a label of zero belongs to no byte of a key.
      guard unit >> 31 == 0, unit & 0xFF != 0 else { continue }
      children.append((Int32(place) ^ Int32(unit & 0xFF), Int32(place)))
    }
    children.sort { ($0.base, $0.place) < ($1.base, $1.place) }
    self.children = children
    self.bytes = bytes
    self.file = file
  }

  /// Walks from the root.
  mutating func run() throws(TokenizerError) {
    var rest = Self.visitsPerUnit * unitCount + 4096
    var pending: [(place: Int, depth: Int, label: UInt8)] = []
    var key: [UInt8] = []
    pushChildren(of: distance(at: 0), depth: 1, to: &pending)
    while let (place, depth, label) = pending.popLast() {
      rest -= 1
      guard rest > 0, depth <= CharacterMap.longestByteCount else {
        throw .characterMap(.endless, file: file)
      }
      key.removeSubrange((depth - 1)...)
      key.append(label)
      let base = place ^ distance(at: place)
      if unit(at: place) >> 8 & 1 == 1 {
        guard base < unitCount, unit(at: base) >> 31 == 1 else {
          throw .characterMap(.valuePlace(unit: place), file: file)
        }
        keys.insert(key, value: try span(from: Int(unit(at: base) & 0x7FFF_FFFF)))
      }
      pushChildren(of: base, depth: depth + 1, to: &pending)
    }
  }

  private func pushChildren(
    of base: Int, depth: Int, to pending: inout [(place: Int, depth: Int, label: UInt8)]
  ) {
    guard let base = Int32(exactly: base) else { return }
    var (low, high) = (0, children.count)
    while low < high {
      let middle = (low + high) / 2
      if children[middle].base < base { low = middle + 1 } else { high = middle }
    }
    while low < children.count, children[low].base == base {
      let place = Int(children[low].place)
      pending.append((place, depth, UInt8(unit(at: place) & 0xFF)))
      low += 1
    }
  }

  /// The number of the replacement at a place among them.
  private mutating func span(from index: Int) throws(TokenizerError) -> Int32 {
    if let number = spanNumbers[index] { return number }
    let first = 4 + 4 * unitCount
    guard index < bytes.count - first else {
      throw .characterMap(.replacementPlace(index), file: file)
    }
    let start = first + index
    var end = start
    while end < bytes.count, bytes[end] != 0 {
      end += 1
      guard end - start <= CharacterMap.longestByteCount else {
        throw .characterMap(.replacementTooLong(index), file: file)
      }
    }
    guard String(validating: bytes[start..<end], as: UTF8.self) != nil else {
      throw .characterMap(.replacementNotUTF8(index), file: file)
    }
    let number = Int32(spans.count)
    spans.append(start..<end)
    spanNumbers[index] = number
    return number
  }

  private func unit(at place: Int) -> UInt32 { Self.word(bytes, 4 + 4 * place) }

  private func distance(at place: Int) -> Int {
    let unit = unit(at: place)
    return Int(unit >> 10) << Int((unit & 1 << 9) >> 6)
  }

  /// The little-endian word at an offset that lies inside.
  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
      | UInt32(bytes[offset + 3]) << 24
  }
}

/// Which rule a character map breaks.
public enum CharacterMapFault: Sendable, Hashable {
  /// Not base64 in `tokenizer.json`.
  case notBase64
  /// Larger than any such map.
  case tooLarge(byteCount: Int)
  /// Too short for its length field.
  case truncated
  /// The trie's length is no positive multiple of four, or reaches beyond the end.
  case trieByteCount(Int, byteCount: Int)
  /// Keys that go on and on: the trie leads in circles.
  case endless
  /// The value of a key lies outside the trie, or where there is none.
  case valuePlace(unit: Int)
  /// A replacement that begins outside.
  case replacementPlace(Int)
  /// A replacement longer than any is.
  case replacementTooLong(Int)
  /// A replacement that is not UTF-8.
  case replacementNotUTF8(Int)

  /// The rule in words.
  var problem: String {
    switch self {
    case .notBase64: "it is not base64"
    case .tooLarge(let byteCount):
      "it has \(byteCount) bytes, at most \(CharacterMap.largestByteCount) are accepted"
    case .truncated: "it is shorter than its length field"
    case .trieByteCount(let count, let byteCount):
      "its trie is to have \(count) of \(byteCount) bytes, expected a multiple of four that fits"
    case .endless: "its trie leads in circles"
    case .valuePlace(let unit): "unit \(unit) of its trie points to no value"
    case .replacementPlace(let index): "a replacement at \(index) lies outside"
    case .replacementTooLong(let index):
      "the replacement at \(index) has more than \(CharacterMap.longestByteCount) bytes"
    case .replacementNotUTF8(let index): "the replacement at \(index) is not UTF-8"
    }
  }
}
