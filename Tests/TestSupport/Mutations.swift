/// Damaged copies of well-formed files: the same seed makes the same copies on every machine.
///
/// Each copy has one to four wounds of the kinds that have broken readers: single bits, bytes and
/// integers of every width at their extremes, ends cut off, parts doubled, removed, or brought over
/// from another file.
public struct Mutations: Sequence, IteratorProtocol {
  private let originals: [[UInt8]]
  private var remaining: Int
  private var state: UInt64

  /// Copies of files.
  ///
  /// - Parameters:
  ///   - originals: well-formed files, none of them empty; copies are drawn from them in turn.
  ///   - count: how many copies to make.
  ///   - seed: what chooses the wounds.
  public init(of originals: [[UInt8]], count: Int, seed: UInt64) {
    precondition(!originals.isEmpty && originals.allSatisfy { !$0.isEmpty })
    self.originals = originals
    remaining = count
    state = seed
  }

  /// The next damaged copy.
  public mutating func next() -> [UInt8]? {
    guard remaining > 0 else { return nil }
    remaining -= 1
    var bytes = originals[remaining % originals.count]
    for _ in 0...below(4) where !bytes.isEmpty { wound(&bytes) }
    return bytes
  }

  /// Integers at which a reader's arithmetic goes over an edge, beside small and random ones.
  private static let edges: [UInt64] = [
    0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000,
    0xFFFF_FFFF, 0x1_0000_0000, 1 << 40, 1 << 50, 1 << 62, 0x7FFF_FFFF_FFFF_FFFF, 1 << 63,
    0xFFFF_FFFF_FFFF_FFF8, 0xFFFF_FFFF_FFFF_FFFF,
  ]

  private mutating func wound(_ bytes: inout [UInt8]) {
    let place = place(in: bytes)
    let length = Swift.min(1 + below(below(2) == 0 ? 8 : 256), bytes.count - place)
    switch below(10) {
    case 0, 1: bytes[place] ^= 1 << UInt8(below(8))
    case 2: bytes[place] = UInt8(below(256))
    case 3: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][below(6)]
    case 4, 5: writeInteger(to: &bytes, at: place)
    case 6: bytes.removeSubrange(place..<(below(4) == 0 ? bytes.count : place + length))
    case 7: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
    case 8: bytes.insert(contentsOf: (0..<length).map { _ in UInt8(below(256)) }, at: place)
    default:
      let other = originals[below(originals.count)]
      let start = below(other.count)
      let part = other[start..<Swift.min(start + length, other.count)]
      bytes.replaceSubrange(place..<Swift.min(place + part.count, bytes.count), with: part)
    }
  }

  private mutating func writeInteger(to bytes: inout [UInt8], at place: Int) {
    let width = Swift.min([1, 2, 4, 8][below(4)], bytes.count - place)
    let edge = Self.edges[below(Self.edges.count)]
    // Sometimes one off the edge, sometimes with the other byte order.
    let value = below(3) == 0 ? edge &- 1 : edge
    let isBigEndian = below(4) == 0
    for index in 0..<width {
      bytes[place + index] = UInt8(
        truncatingIfNeeded: value >> UInt64(8 * (isBigEndian ? width - 1 - index : index)))
    }
  }

  /// A place to wound: half of them in the first 512 bytes or the last, where headers and directories lie.
  private mutating func place(in bytes: [UInt8]) -> Int {
    switch below(4) {
    case 0: below(Swift.min(512, bytes.count))
    case 1: bytes.count - 1 - below(Swift.min(512, bytes.count))
    default: below(bytes.count)
    }
  }

  /// A number from 0 to below `bound`: SplitMix64 (Steele, Lea, Flood 2014), scaled.
  private mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((word ^ (word >> 31)).multipliedFullWidth(by: UInt64(bound)).high)
  }
}
