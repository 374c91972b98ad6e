import CKernels
import Testing

@Suite struct MatrixProductTests {
  /// Sizes around the thirds of a tile, the tiles and their multiples in every kernel set.
  static let sizes = [0, 1, 4, 5, 6, 8, 9, 12, 13, 16, 17, 31, 32, 33, 61]

  @Test(arguments: KernelTable.all)
  func `agrees with the reference for every shape around the tile, layout and epilogue`(
    _ table: KernelTable
  ) {
    var number = 0
    for rows in Self.sizes {
      for columns in Self.sizes {
        for layout in [RMT_ROWS, RMT_COLUMNS] {
          // Depths, transposition, accumulation and epilogues come by in turn.
          MatrixProduct(
            rows: rows, columns: columns, depth: Self.sizes[number * 4 % Self.sizes.count],
            isTransposed: number & 1 == 1, layout: layout, accumulates: number & 2 == 2,
            epilogue: number % 3 == 0 ? nil : ProductEpilogue(number: number / 3)
          ).check(table)
          number += 1
        }
      }
    }
  }

  @Test(arguments: KernelTable.all, 0..<32)
  func `applies every combination of the epilogue's parts`(_ table: KernelTable, number: Int) {
    for accumulates in [false, true] {
      MatrixProduct(
        rows: 14, columns: 35, depth: 300, accumulates: accumulates,
        epilogue: ProductEpilogue(number: number)
      ).check(table)
    }
  }

  @Test(arguments: KernelTable.all, [false, true])
  func `sums over several blocks of depth and columns`(_ table: KernelTable, isTransposed: Bool) {
    for (rows, columns, depth) in [(37, 53, 801), (13, 290, 257), (3, 700, 5), (25, 129, 512)] {
      for layout in [RMT_ROWS, RMT_COLUMNS] {
        MatrixProduct(
          rows: rows, columns: columns, depth: depth, isTransposed: isTransposed, layout: layout,
          accumulates: isTransposed, epilogue: ProductEpilogue(number: 7)
        ).check(table)
      }
    }
  }

  @Test(arguments: KernelTable.all)
  func `does not read C without accumulating`(_ table: KernelTable) {
    // The case starts from NaN in C unless it accumulates; a whole tile and one at the edge.
    let height = Int(table.kernels.sliver_rows), width = Int(table.kernels.sliver_columns)
    let product = MatrixProduct(rows: height + 1, columns: width + 1, depth: 300)
    #expect(product.computed(by: table, packed: false).c.allSatisfy { !$0.isNaN })
  }

  @Test(arguments: KernelTable.all, [RMT_ROWS, RMT_COLUMNS, RMT_PACKED])
  func `gives the same bits whole and split at slivers`(
    _ table: KernelTable, layout: rmt_layout
  ) {
    for epilogue in [nil, ProductEpilogue(number: 15)] {
      let product = MatrixProduct(
        rows: 61, columns: 150, depth: 600, layout: layout == RMT_PACKED ? RMT_COLUMNS : layout,
        accumulates: true, epilogue: epilogue)
      let packed = layout == RMT_PACKED
      let whole = product.computed(by: table, packed: packed)
      let height = Int(table.kernels.sliver_rows), width = Int(table.kernels.sliver_columns)
      for (rowStep, columnStep) in [(height, 150), (61, width), (3 * height, 2 * width)] {
        let split = product.computed(
          by: table, packed: packed, rowStep: rowStep, columnStep: columnStep)
        #expect(split.c == whole.c)
        #expect(split.kept == whole.kept)
      }
    }
  }

  @Test func `the reference multiplies, adds and finishes as its contract says`() {
    let a: [Double] = [1, 2, 3, 4, 5, 6], b: [Double] = [1, -1, 0, 2, 1, 1]
    var packed = [Double](repeating: 0, count: 6), c = [10.0, 20, 30, 40], kept = c, none = [0.0]
    let bias: [Double] = [0.5, -0.5], residual: [Double] = [100, 0, -100, -1_000]
    reference.pack_left(0, 2, 3, a, 3, &packed)
    bias.withUnsafeBufferPointer { bias in
      residual.withUnsafeBufferPointer { residual in
        kept.withUnsafeMutableBufferPointer { kept in
          var epilogue = rmt_epilogue_f64(
            bias: bias.baseAddress, residual: residual.baseAddress,
            preactivation: kept.baseAddress, activation: RMT_RELU.rawValue)
          reference.gemm(
            2, 2, 3, packed, Int32(RMT_ROWS.rawValue), b, 2, 1, &epilogue, &c, 2, &none)
        }
      }
    }
    // A·B = [[4, 6], [10, 12]]
    #expect(kept == [114.5, 25.5, -59.5, -948.5])
    #expect(c == [114.5, 25.5, 0, 0])
  }
}
