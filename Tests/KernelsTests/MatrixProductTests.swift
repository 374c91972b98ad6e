import CKernels
import Testing

@Suite struct MatrixProductTests {
  /// Sizes around the tiles of every kernel set, a prime, and more than one block of depth.
  static let sizes = [0, 1, 5, 6, 8, 9, 17, 48, 49, 61]

  @Test(arguments: KernelTable.all)
  func `agrees with the reference for every shape around the tile and every layout`(
    _ table: KernelTable
  ) {
    for (index, rows) in Self.sizes.enumerated() {
      for (offset, columns) in Self.sizes.enumerated() {
        let depth = Self.sizes[(index * 7 + offset * 3) % Self.sizes.count]
        for layout in 0..<4 {
          check(
            table, rows, columns, depth, transposeA: layout & 1 == 1, transposeB: layout & 2 == 2,
            accumulate: (index + offset) % 2 == 0)
        }
      }
    }
  }

  @Test(arguments: KernelTable.all)
  func `sums over several blocks of depth, rows and columns`(_ table: KernelTable) {
    check(table, 37, 53, 801, transposeA: false, transposeB: true, accumulate: false)
    check(table, 37, 53, 801, transposeA: true, transposeB: false, accumulate: true)
    check(table, 301, 70, 19, transposeA: false, transposeB: false, accumulate: false)
    check(table, 3, 3_400, 5, transposeA: false, transposeB: true, accumulate: false)
  }

  @Test(arguments: KernelTable.all)
  func `never reads C when beta is zero`(_ table: KernelTable) {
    let a: [Float] = [1, 2], b: [Float] = [3, 4]
    var c: [Float] = [.nan]
    var workspace = [Float](repeating: .nan, count: Int(table.kernels.gemm_workspace(1, 1, 2)))
    table.kernels.gemm(0, 0, 1, 1, 2, 1, a, 2, b, 1, 0, &c, 1, &workspace)
    #expect(c == [11])
  }

  @Test(arguments: KernelTable.all)
  func `writes nothing beyond the columns of a strided C`(_ table: KernelTable) {
    let a = randomFloats(9 * 4, seed: 1), b = randomFloats(4 * 5, seed: 2)
    var c = [Float](repeating: 7, count: 9 * 8)
    var workspace = [Float](repeating: 0, count: Int(table.kernels.gemm_workspace(9, 5, 4)))
    table.kernels.gemm(0, 0, 9, 5, 4, 1, a, 4, b, 5, 0, &c, 8, &workspace)
    for row in 0..<9 { #expect(c[row * 8 + 5..<row * 8 + 8].allSatisfy { $0 == 7 }) }
  }

  @Test(arguments: KernelTable.all)
  func `gives the same bits whole and split into rows`(_ table: KernelTable) {
    let rows = 61, columns = 50, depth = 801
    let a = randomFloats(rows * depth, seed: 20), b = randomFloats(depth * columns, seed: 21)
    var whole = [Float](repeating: 0, count: rows * columns), split = whole
    let size = table.kernels.gemm_workspace(Int64(rows), Int64(columns), Int64(depth))
    var workspace = [Float](repeating: 0, count: Int(size))
    func product(_ part: Range<Int>, into c: inout [Float]) {
      c.withUnsafeMutableBufferPointer { c in
        a.withUnsafeBufferPointer { a in
          table.kernels.gemm(
            0, 1, Int64(part.count), Int64(columns), Int64(depth), 1,
            a.baseAddress! + part.lowerBound * depth, Int64(depth), b, Int64(depth), 0,
            c.baseAddress! + part.lowerBound * columns, Int64(columns), &workspace)
        }
      }
    }
    product(0..<rows, into: &whole)
    for part in [0..<8, 8..<9, 9..<32, 32..<61] { product(part, into: &split) }
    #expect(split == whole)
  }

  /// The error of a sum of k products grows no faster than k·2⁻²⁴ times the products' sizes.
  private func check(
    _ table: KernelTable, _ rows: Int, _ columns: Int, _ depth: Int, transposeA: Bool,
    transposeB: Bool, accumulate: Bool
  ) {
    let a = randomFloats(rows * depth, seed: 3), b = randomFloats(depth * columns, seed: 4)
    let initial = randomFloats(rows * columns, seed: 5)
    var c = initial, expected = initial.map(Double.init)
    let aStride = Int64(max(1, transposeA ? rows : depth))
    let bStride = Int64(max(1, transposeB ? depth : columns))
    let cStride = Int64(max(1, columns))
    let m = Int64(rows), n = Int64(columns), k = Int64(depth)
    var workspace = [Float](repeating: .nan, count: Int(table.kernels.gemm_workspace(m, n, k)))
    var none: [Double] = [0]
    table.kernels.gemm(
      transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, 0.5, a, aStride, b, bStride,
      accumulate ? 1 : 0, &c, cStride, &workspace)
    reference.gemm(
      transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, 0.5, a.map(Double.init), aStride,
      b.map(Double.init), bStride, accumulate ? 1 : 0, &expected, cStride, &none)
    let bound = 4 * Double(depth + 2) * 0x1p-24
    #expect(
      largestError(c, expected) <= bound,
      "\(rows)×\(columns)×\(depth), transposed \(transposeA) \(transposeB)")
  }
}
