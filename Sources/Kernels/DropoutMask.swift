import CKernels

/// One dropout mask, a pure function of key and counter, so that it can be drawn again anywhere.
///
/// It belongs to a matrix; sixty-four neighbours of a row take their sixteen bits each from one block
/// of eight Philox counters, and an element is dropped when its bits are below p·2¹⁶, rounded. Those
/// that stay are multiplied by 1/(1 − p) for that p. CKernels.h says which bits are whose.
package struct DropoutMask: Sendable {
  let mask: rmt_dropout_mask

  /// The mask of a key and three counter words.
  ///
  /// - Parameter probability: share of elements that are dropped, in 0..<1.
  package init(key: SIMD2<UInt32>, counter: SIMD3<UInt32>, probability: Double) {
    precondition((0..<1).contains(probability), "dropout probability \(probability)")
    let threshold = min((probability * 0x1p16).rounded(), 0xFFFF)
    mask = rmt_dropout_mask(
      key: (key[0], key[1]), counter: (counter[0], counter[1], counter[2]),
      threshold: UInt32(threshold), scale: 1 / (1 - threshold / 0x1p16))
  }

  /// Refuses a matrix that has more blocks than the counter's 32 bits number.
  static func check(rowCount: Int, columnCount: Int) {
    let blockCount = rowCount * ((columnCount + 63) / 64)
    precondition(blockCount <= 1 << 29, "dropout of \(rowCount) rows of \(columnCount)")
  }
}
