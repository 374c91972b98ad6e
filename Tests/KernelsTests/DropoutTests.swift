import CKernels
import Kernels
import Testing

@Suite struct DropoutTests {
  private func mask(probability: Double) -> rmt_dropout_mask {
    rmt_dropout_mask(
      key: (0x89AB_CDEF, 0x0123_4567), counter: (5, 6, 7),
      threshold: UInt32(probability * 0x1p16), scale: 1 / (1 - probability))
  }

  @Test func `seven rounds of Philox give the numbers of its authors' library`() {
    // Random123's known-answer file, philox4x32 with 7 rounds.
    #expect(
      SevenRoundPhilox.words(key: [0, 0], counter: [0, 0, 0, 0])
        == [0x5F6F_B709, 0x0D89_3F64, 0x4F12_1F81, 0x4F73_0A48])
    #expect(
      SevenRoundPhilox.words(
        key: [0xA409_3822, 0x299F_31D0],
        counter: [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344])
        == [0x4DFC_CABA, 0x190A_87F0, 0xC473_62BA, 0xB6B5_242A])
  }

  @Test(arguments: KernelTable.all, [1, 2, 63, 64, 65, 127, 128, 200])
  func `drops exactly the elements that Philox names`(_ table: KernelTable, columns: Int) {
    let rows = 3
    var mask = mask(probability: 0.25)
    let x = GuardedNumbers([Float](repeating: 2, count: rows * columns))
    let y = GuardedNumbers<Float>(count: rows * columns)
    table.kernels.dropout(&mask, 0, Int64(rows), Int64(columns), x.pointer, y.pointer)
    var reference64 = [Double](repeating: 2, count: rows * columns)
    reference.dropout(&mask, 0, Int64(rows), Int64(columns), reference64, &reference64)
    let expected = (0..<rows * columns).map {
      SevenRoundPhilox.drops(mask, row: $0 / columns, column: $0 % columns, columns: columns)
        ? 0 : 2 * Float(1 / 0.75)
    }
    #expect(y.values == expected)
    #expect(x.isIntact && y.isIntact)
    #expect(reference64.map(Float.init) == expected)
  }

  @Test(arguments: KernelTable.all)
  func `draws the same mask for rows split anywhere, in place too`(_ table: KernelTable) {
    let rows = 7, columns = 130
    var mask = mask(probability: 0.4)
    let x = randomFloats(rows * columns, seed: 30)
    let whole = GuardedNumbers(x)
    table.kernels.dropout(
      &mask, 0, Int64(rows), Int64(columns), whole.pointer, whole.pointer)
    for cut in 1..<rows {
      let split = GuardedNumbers(x)
      for part in [cut..<rows, 0..<cut] {
        let place = split.pointer + part.lowerBound * columns
        table.kernels.dropout(
          &mask, Int64(part.lowerBound), Int64(part.count), Int64(columns), place, place)
      }
      #expect(split.values == whole.values)
    }
  }

  @Test(arguments: KernelTable.all)
  func `keeps everything at threshold nought and one in 65,536 at the largest`(
    _ table: KernelTable
  ) {
    let count = 1 << 18, x = [Float](repeating: 1, count: count)
    var y = x
    var mask = mask(probability: 0)
    table.kernels.dropout(&mask, 0, 512, 512, x, &y)
    #expect(y == x)
    mask.threshold = 0xFFFF
    table.kernels.dropout(&mask, 0, 512, 512, x, &y)
    #expect((1..<14).contains(y.count { $0 != 0 }))  // four are expected
  }

  @Test(arguments: KernelTable.all)
  func `what is dropped is nought whatever it was, and NaN that is kept stays`(
    _ table: KernelTable
  ) {
    var mask = mask(probability: 0.5)
    let x = (0..<200).map { $0 % 2 == 0 ? Float.nan : .infinity }
    var y = x, exact = wide(x)
    table.kernels.dropout(&mask, 0, 2, 100, x, &y)
    reference.dropout(&mask, 0, 2, 100, wide(x), &exact)
    for index in x.indices {
      let isDropped = SevenRoundPhilox.drops(
        mask, row: index / 100, column: index % 100, columns: 100)
      #expect(isDropped ? y[index] == 0 : !y[index].isFinite)
      #expect(isDropped ? exact[index] == 0 : !exact[index].isFinite)
    }
  }

  @Test func `a mask of the engine is that of its key, counter and rounded probability`() {
    let x = (1...200).map(Double.init)
    var found = x, expected = x
    Double.dropout(
      DropoutMask(key: [0x89AB_CDEF, 0x0123_4567], counter: [5, 6, 7], probability: 0.3),
      firstRow: 0, rows: 2, columns: 100, x, into: &found)
    var mask = mask(probability: 0.3)
    mask.threshold = 19_661  // 0.3·2¹⁶ = 19660.8
    mask.scale = 1 / (1 - 19_661 / 0x1p16)
    reference.dropout(&mask, 0, 2, 100, x, &expected)
    #expect(found == expected)
  }

  @Test func `refuses more blocks than a mask can tell apart`() async {
    await #expect(processExitsWith: .failure) {
      var x: Float = 1
      let mask = DropoutMask(key: [1, 2], counter: [3, 4, 5], probability: 0.5)
      withUnsafeMutablePointer(to: &x) {
        // No rows to compute, so that a missing check ends well.
        Float.dropout(mask, firstRow: 1 << 29 + 1, rows: 0, columns: 64, $0, into: $0)
      }
    }
  }

  @Test func `drops the share that was asked for, neighbours and rows apart from each other`() {
    let side = 400, count = side * side
    let x = [Double](repeating: 1, count: count)
    var y = x
    var mask = mask(probability: 0.1)
    reference.dropout(&mask, 0, Int64(side), Int64(side), x, &y)
    let dropped = y.map { $0 == 0 }
    func share(_ pairs: (Int) -> Int) -> Double {
      let most = count - pairs(0)
      return Double((0..<most).count { dropped[$0] && dropped[pairs($0)] }) / Double(most)
    }
    // Four standard deviations each.
    #expect(abs(Double(dropped.count { $0 }) / Double(count) - 0.1) < 0.003)
    #expect(abs(share { $0 + 1 } - 0.01) < 0.001)
    #expect(abs(share { $0 + side } - 0.01) < 0.001)
    #expect(abs(share { $0 + 64 } - 0.01) < 0.001)
  }
}

/// The masks' generator, written as its paper has it, one counter at a time.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC11.
enum SevenRoundPhilox {
  static func words(key: [UInt32], counter: [UInt32]) -> [UInt32] {
    var (x0, x1, x2, x3) = (counter[0], counter[1], counter[2], counter[3])
    var (key0, key1) = (key[0], key[1])
    for _ in 0..<7 {
      let first = x0.multipliedFullWidth(by: 0xD251_1F53)
      let second = x2.multipliedFullWidth(by: 0xCD9E_8D57)
      (x0, x1) = (second.high ^ x1 ^ key0, second.low)
      (x2, x3) = (first.high ^ x3 ^ key1, first.low)
      key0 &+= 0x9E37_79B9
      key1 &+= 0xBB67_AE85
    }
    return [x0, x1, x2, x3]
  }

  /// Whether a mask drops an element of its matrix.
  static func drops(_ mask: rmt_dropout_mask, row: Int, column: Int, columns: Int) -> Bool {
    let block = row * ((columns + 63) / 64) + column / 64, element = column % 64
    let words = words(
      key: [mask.key.0, mask.key.1],
      counter: [
        UInt32(8 * block + element / 2 % 8), mask.counter.0, mask.counter.1, mask.counter.2,
      ])
    let word = words[element / 16]
    return (element % 2 == 0 ? word & 0xFFFF : word >> 16) < mask.threshold
  }
}
