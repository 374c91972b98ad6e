/// A 64-bit FNV-1a hash over 32-bit words, to tell whether data is the same as before.
///
/// It recognises a changed file, it does not protect against forgery. Source: Fowler, Noll and Vo,
/// draft-eastlake-fnv.
package struct Fingerprint: Sendable {
  /// The hash of everything combined so far.
  package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  /// A hash of nothing yet.
  package init() {}

  /// Takes in one number.
  package mutating func combine(_ number: Int) {
    let bits = UInt64(bitPattern: Int64(number))
    mix(UInt32(truncatingIfNeeded: bits))
    mix(UInt32(truncatingIfNeeded: bits >> 32))
  }

  /// Takes in token ids.
  package mutating func combine(_ ids: [Int32]) {
    ids.withUnsafeBufferPointer { for id in $0 { mix(UInt32(bitPattern: id)) } }
  }

  /// The hash as sixteen hexadecimal digits.
  package var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private mutating func mix(_ word: UInt32) {
    value = (value ^ UInt64(word)) &* 0x0000_0100_0000_01B3
  }
}
