import CKernels
import Testing

/// Which parts an epilogue has.
struct ProductEpilogue {
  let hasBias, hasResidual, keepsPreactivation: Bool
  let activation: Int32

  /// One of the thirty-two combinations.
  init(number: Int) {
    hasBias = number & 1 == 1
    hasResidual = number & 2 == 2
    keepsPreactivation = number & 4 == 4
    activation = Int32(number >> 3 & 3) - 1
  }
}

/// One product with random operands, every matrix with a row stride longer than its rows.
final class MatrixProduct {
  /// What is in C's rows beyond its columns.
  private static let filler: Float = 7

  let rows, columns, depth: Int
  let isTransposed, accumulates: Bool
  let layout: rmt_layout
  let epilogue: ProductEpilogue?
  private let aStride, bStride, cStride: Int
  private let a, b, c, bias, residual: GuardedNumbers<Float>

  init(
    rows: Int, columns: Int, depth: Int, isTransposed: Bool = false,
    layout: rmt_layout = RMT_COLUMNS, accumulates: Bool = false, epilogue: ProductEpilogue? = nil
  ) {
    (self.rows, self.columns, self.depth) = (rows, columns, depth)
    (self.isTransposed, self.accumulates) = (isTransposed, accumulates)
    (self.layout, self.epilogue) = (layout, epilogue)
    aStride = (isTransposed ? rows : depth) + 1
    bStride = (layout == RMT_ROWS ? columns : depth) + 2
    cStride = columns + 3
    a = GuardedNumbers(randomFloats((isTransposed ? depth : rows) * aStride, seed: 3))
    b = GuardedNumbers(randomFloats((layout == RMT_ROWS ? depth : columns) * bStride, seed: 4))
    bias = GuardedNumbers(randomFloats(columns, seed: 6))
    residual = GuardedNumbers(randomFloats(rows * cStride, seed: 7))
    let initial = randomFloats(rows * cStride, seed: 5)
    let columns = columns, cStride = cStride
    c = GuardedNumbers(
      initial.enumerated().map {
        $0 % cStride >= columns ? Self.filler : accumulates ? $1 : .nan
      })
  }

  /// C and the preactivation from a table, B packed before or not, in parts of the given size.
  func computed(
    by table: KernelTable, packed: Bool, rowStep: Int = .max, columnStep: Int = .max
  ) -> (c: [Float], kept: [Float]) {
    let kernels = table.kernels
    let height = Int(kernels.sliver_rows), width = Int(kernels.sliver_columns)
    let left = GuardedNumbers<Float>(count: (rows + height - 1) / height * height * depth)
    let right = GuardedNumbers<Float>(count: (columns + width - 1) / width * width * depth)
    let result = GuardedNumbers(c.values), kept = GuardedNumbers(c.values)
    let workspace = GuardedNumbers<Float>(count: Int(kernels.gemm_workspace))
    kernels.pack_left(
      isTransposed ? 1 : 0, Int64(rows), Int64(depth), a.pointer, Int64(aStride), left.pointer)
    if packed {
      kernels.pack_right(
        Int32(layout.rawValue), Int64(depth), Int64(columns), b.pointer, Int64(bStride),
        right.pointer)
    }
    for row in stride(from: 0, to: max(rows, 1), by: min(rowStep, max(rows, 1))) {
      for column in stride(from: 0, to: max(columns, 1), by: min(columnStep, max(columns, 1))) {
        let place = row * cStride + column
        let open = b.pointer + (layout == RMT_ROWS ? column : column * bStride)
        var parts = rmt_epilogue_f32()
        if let epilogue {
          parts = rmt_epilogue_f32(
            bias: epilogue.hasBias ? UnsafePointer(bias.pointer + column) : nil,
            residual: epilogue.hasResidual ? UnsafePointer(residual.pointer + place) : nil,
            preactivation: epilogue.keepsPreactivation ? kept.pointer + place : nil,
            activation: epilogue.activation)
        }
        withUnsafePointer(to: parts) { parts in
          kernels.gemm(
            Int64(min(rowStep, rows - row)), Int64(min(columnStep, columns - column)),
            Int64(depth), left.pointer + row * depth,
            packed ? Int32(RMT_PACKED.rawValue) : Int32(layout.rawValue),
            packed ? right.pointer + column * depth : open, packed ? 0 : Int64(bStride),
            accumulates ? 1 : 0, epilogue == nil ? nil : parts, result.pointer + place,
            Int64(cStride), workspace.pointer)
        }
      }
    }
    for memory in [left, right, result, kept, workspace] { #expect(memory.isIntact) }
    return (result.values, kept.values)
  }

  /// C and the preactivation as the reference computes them from the operands' `form`.
  private func expected(_ form: (Double) -> Double) -> (c: [Double], kept: [Double]) {
    func formed(_ numbers: GuardedNumbers<Float>) -> GuardedNumbers<Double> {
      GuardedNumbers(numbers.values.map { form(Double($0)) })
    }
    let a = formed(a), b = formed(b), bias = formed(bias), residual = formed(residual)
    let result = formed(c), kept = formed(c)
    let packed = GuardedNumbers<Double>(count: rows * depth), none = GuardedNumbers<Double>([0])
    reference.pack_left(
      isTransposed ? 1 : 0, Int64(rows), Int64(depth), a.pointer, Int64(aStride), packed.pointer)
    var parts = rmt_epilogue_f64(
      bias: epilogue?.hasBias == true ? UnsafePointer(bias.pointer) : nil,
      residual: epilogue?.hasResidual == true ? UnsafePointer(residual.pointer) : nil,
      preactivation: kept.pointer, activation: epilogue?.activation ?? -1)
    withExtendedLifetime((b, bias, residual)) {
      reference.gemm(
        Int64(rows), Int64(columns), Int64(depth), packed.pointer, Int32(layout.rawValue),
        b.pointer, Int64(bStride), accumulates ? 1 : 0, &parts, result.pointer, Int64(cStride),
        none.pointer)
    }
    return (result.values, kept.values)
  }

  /// Compares a table's product, B open and packed, with the reference.
  ///
  /// A sum of k products in any order is off by at most (k + 3)·2⁻²⁴ of the sum of their sizes, bias
  /// and residual among them; an activation with a slope up to 1.13 adds its own error.
  func check(_ table: KernelTable) {
    let found = computed(by: table, packed: false), again = computed(by: table, packed: true)
    let (exact, kept) = expected { $0 }, sizes = expected(abs).kept
    let name: Comment = "\(rows)×\(columns)×\(depth), \(isTransposed) \(layout) \(accumulates)"
    #expect(bits(found.c) == bits(again.c), name)
    #expect(bits(found.kept) == bits(again.kept), name)
    var isRight = true
    for index in found.c.indices {
      guard index % cStride < columns else {
        isRight = isRight && found.c[index] == Self.filler
        continue
      }
      let bound = Double(depth + 3) * 0x1p-24 * sizes[index]
      let activates = epilogue.map { $0.activation >= 0 } ?? false
      let size = 1 + abs(exact[index])
      let slack = activates ? 1.13 * bound + 5e-7 * size : bound
      isRight = isRight && abs(Double(found.c[index]) - exact[index]) <= slack
      if epilogue?.keepsPreactivation == true {
        isRight = isRight && abs(Double(found.kept[index]) - kept[index]) <= bound
      }
    }
    #expect(isRight, name)
  }

  private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
}
