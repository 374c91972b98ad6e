import CKernels

/// Elements that one mask can tell apart; beyond, its 32-bit block counter would begin again.
let largestDropoutCount = 1 << 34

/// One dropout mask, a pure function of key and counter, so that it can be drawn again anywhere.
///
/// Element e belongs to the Philox counter {(e / 64)·16 + e mod 16, c₀, c₁, c₂} and takes word
/// (e / 16) mod 4 of its output; it is dropped when that word is below p·2³².
package struct DropoutMask: Sendable {
  let mask: rmt_dropout_mask

  /// The mask of a key and three counter words.
  ///
  /// - Parameter probability: share of elements that are dropped, in 0..<1.
  package init(key: SIMD2<UInt32>, counter: SIMD3<UInt32>, probability: Double) {
    precondition((0..<1).contains(probability), "dropout probability \(probability)")
    mask = rmt_dropout_mask(
      key: (key[0], key[1]), counter: (counter[0], counter[1], counter[2]),
      threshold: UInt32(min(probability * 0x1p32, 0xFFFF_FFFF)), scale: 1 / (1 - probability))
  }
}
