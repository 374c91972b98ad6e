/// Which pairs of neighbouring pieces merge, how early, and into what.
struct MergeTable: Sendable {
  /// What becomes of a pair.
  struct Merge {
    /// Pairs of lower rank merge first.
    let rank: UInt32
    /// The piece that takes their place.
    let piece: Int32
  }

  private var keys: [UInt64]
  private var merges: [Merge]
  private static let free = UInt64.max

  /// A table of merges in the order of their ranks; of a pair that comes twice the later one counts.
  init(_ list: [BytePairMerge]) {
    var capacity = 16
    while capacity < 2 * list.count { capacity *= 2 }
    keys = [UInt64](repeating: Self.free, count: capacity)
    merges = [Merge](repeating: Merge(rank: 0, piece: 0), count: capacity)
    for (rank, merge) in list.enumerated() {
      let key = Self.key(merge.left, merge.right)
      let slot = slot(of: key)
      keys[slot] = key
      merges[slot] = Merge(rank: UInt32(rank), piece: merge.piece)
    }
  }

  /// The merge of a pair, or `nil` when it stays apart.
  @inline(__always)
  func merge(_ left: Int32, _ right: Int32) -> Merge? {
    let key = Self.key(left, right)
    let slot = slot(of: key)
    return keys[slot] == key ? merges[slot] : nil
  }

  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while keys[slot] != Self.free, keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }

  @inline(__always)
  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }
}

/// Two pieces that merge into a third.
package struct BytePairMerge: Sendable, Hashable {
  /// The id of the piece on the left.
  package let left: Int32
  /// The id of the piece on the right.
  package let right: Int32
  /// The id of what they become.
  package let piece: Int32
}
