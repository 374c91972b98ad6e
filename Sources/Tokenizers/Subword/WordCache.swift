import Synchronization

/// The pieces of words that were cut before.
///
/// The words of a text are few and come again and again. A cache changes no result, only how soon it
/// is there; it is bounded, and words that many others collide with are not kept.
struct WordCache {
  private struct Entry {
    var hash: UInt64 = 0
    var wordStart: Int32 = 0
    var wordCount: Int32 = 0
    var idStart: Int32 = 0
    var idCount: Int32 = -1
  }

  private var entries = [Entry](repeating: Entry(), count: 1 << 12)
  private var count = 0
  private var words: [UInt8] = []
  private var ids: [Int32] = []

  /// The longest word that is kept, in bytes.
  static let longestWordByteCount = 48
  private static let largestCount = 1 << 16
  private static let longestProbe = 32

  /// Appends a word's pieces, made by `body` where they are not known.
  @inline(__always)
  mutating func append(
    _ word: UnsafeBufferPointer<UInt8>, to output: inout [Int32],
    _ body: (UnsafeBufferPointer<UInt8>, inout [Int32]) -> Void
  ) {
    guard word.count <= Self.longestWordByteCount else { return body(word, &output) }
    let hash = Self.hash(word)
    let mask = entries.count - 1
    var slot = Int(truncatingIfNeeded: hash >> 20) & mask
    for _ in 0..<Self.longestProbe {
      let entry = entries[slot]
      guard entry.idCount >= 0 else { break }
      if entry.hash == hash, Int(entry.wordCount) == word.count, matches(word, entry) {
        for index in Int(entry.idStart)..<Int(entry.idStart + entry.idCount) {
          output.append(ids[index])
        }
        return
      }
      slot = (slot + 1) & mask
    }
    let start = output.count
    body(word, &output)
    if entries[slot].idCount < 0, count < Self.largestCount {
      insert(word, hash, pieces: output[start...], at: slot)
    }
  }

  private func matches(_ word: UnsafeBufferPointer<UInt8>, _ entry: Entry) -> Bool {
    words.withUnsafeBufferPointer { words in
      let start = Int(entry.wordStart)
      for index in word.indices where word[index] != words[start + index] { return false }
      return true
    }
  }

  private mutating func insert(
    _ word: UnsafeBufferPointer<UInt8>, _ hash: UInt64, pieces: ArraySlice<Int32>, at slot: Int
  ) {
    entries[slot] = Entry(
      hash: hash, wordStart: Int32(words.count), wordCount: Int32(word.count),
      idStart: Int32(ids.count), idCount: Int32(pieces.count))
    words += word
    ids += pieces
    count += 1
    if count * 2 > entries.count { grow() }
  }

  private mutating func grow() {
    let old = entries
    entries = [Entry](repeating: Entry(), count: old.count * 2)
    let mask = entries.count - 1
    for entry in old where entry.idCount >= 0 {
      var slot = Int(truncatingIfNeeded: entry.hash >> 20) & mask
      while entries[slot].idCount >= 0 { slot = (slot + 1) & mask }
      entries[slot] = entry
    }
  }

  @inline(__always)
  private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt64 {
    // Eight bytes at a time, spread by 2^64 / φ (Knuth, volume 3, section 6.4).
    let raw = UnsafeRawBufferPointer(word)
    var hash = UInt64(word.count)
    var position = 0
    while position + 8 <= raw.count {
      let part = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      hash = (hash ^ part) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
      position += 8
    }
    var rest: UInt64 = 0
    while position < raw.count {
      rest = rest << 8 | UInt64(raw[position])
      position += 1
    }
    hash = (hash ^ rest) &* 0x9E37_79B9_7F4A_7C15
    return hash ^ hash >> 29
  }
}

/// Caches that wait for the next text; each is used by one thread at a time.
final class WordCachePool: Sendable {
  private let idle = Mutex<[WordCache]>([])

  /// Lends a cache to `body`.
  func withCache(_ body: (inout WordCache) -> Void) {
    var cache = idle.withLock { $0.popLast() } ?? WordCache()
    body(&cache)
    idle.withLock { [cache] in $0.append(cache) }
  }
}
