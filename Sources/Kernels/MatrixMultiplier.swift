/// A team with the scratch memory in which it multiplies matrices.
///
/// A product is two jobs: pack the left side, then multiply parts of the result. One packed left side
/// serves several products. How parts are dealt out never changes a sum, so a product has the same
/// bits with any number of threads.
package struct MatrixMultiplier<Scalar: KernelScalar> {
  /// The threads.
  package let team: ThreadTeam
  /// The left side that was packed last.
  package let left: UnsafeMutablePointer<Scalar>
  private let lanes: [UnsafeMutablePointer<Scalar>]

  /// A multiplier over lent memory.
  ///
  /// - Parameters:
  ///   - left: ``leftCount(rows:depth:)`` elements for the largest left side.
  ///   - lanes: for each thread `Scalar.gemmWorkspaceCount` elements.
  package init(
    team: ThreadTeam, left: UnsafeMutablePointer<Scalar>, lanes: [UnsafeMutablePointer<Scalar>]
  ) {
    precondition(lanes.count == team.threadCount, "a workspace for each thread")
    self.team = team
    self.left = left
    self.lanes = lanes
  }

  /// Elements of a packed left side.
  package static func leftCount(rows: Int, depth: Int) -> Int {
    (rows + Scalar.sliverRows - 1) / Scalar.sliverRows * Scalar.sliverRows * depth
  }

  /// Packs A[rows, depth] as the left side.
  package func pack(_ a: UnsafePointer<Scalar>, rows: Int, depth: Int) {
    team.performRanges(of: rows, grain: Scalar.sliverRows) { range, _ in
      packRows(range, of: a, depth: depth)
    }
  }

  /// Packs some rows of A[rows, depth]; the first is the first of a sliver.
  package func packRows(_ range: Range<Int>, of a: UnsafePointer<Scalar>, depth: Int) {
    Scalar.packLeft(
      transposed: false, rows: range.count, depth: depth, a + range.lowerBound * depth,
      stride: depth, into: left + range.lowerBound * depth)
  }

  /// Packs Aᵀ[columns, rows] as the left side; columnSums[c] += Σᵣ a[r, c].
  package func packTransposed(
    _ a: UnsafePointer<Scalar>, rows: Int, columns: Int,
    addingColumnSumsTo columnSums: UnsafeMutablePointer<Scalar>
  ) {
    team.performRanges(of: columns, grain: Scalar.sliverRows) { range, _ in
      Scalar.packLeft(
        transposed: true, rows: range.count, depth: rows, a + range.lowerBound, stride: columns,
        into: left + range.lowerBound * rows)
      Scalar.addColumnSums(
        of: a + range.lowerBound, rows: rows, columns: range.count, stride: columns,
        to: columnSums + range.lowerBound)
    }
  }

  /// C[rows, columns] ← epilogue(left[rows, depth]·op(B)[depth, columns] (+ C)).
  package func multiply(
    rows: Int, columns: Int, depth: Int, right: RightOperand<Scalar>, accumulate: Bool = false,
    epilogue: Epilogue<Scalar>? = nil, into c: UnsafeMutablePointer<Scalar>
  ) {
    guard rows > 0, columns > 0 else { return }
    let parts = parts(rows: rows, columns: columns)
    team.perform(partCount: parts.rowParts * parts.columnParts) { part, lane in
      let firstRow = part % parts.rowParts * parts.rowStep
      let firstColumn = part / parts.rowParts * parts.columnStep
      Scalar.gemm(
        rows: min(parts.rowStep, rows - firstRow),
        columns: min(parts.columnStep, columns - firstColumn), depth: depth,
        left: left + firstRow * depth, right: right.columns(from: firstColumn, depth: depth),
        accumulate: accumulate,
        epilogue: epilogue.map {
          $0.part(row: firstRow, column: firstColumn, stride: columns)
        }, c: c + firstRow * columns + firstColumn, cStride: columns, workspace: lanes[lane])
    }
  }

  /// Parts of a product: about three a thread, columns first, because a part packs its columns of an
  /// open right side; rows as well where there are few columns.
  private func parts(
    rows: Int, columns: Int
  ) -> (rowStep: Int, rowParts: Int, columnStep: Int, columnParts: Int) {
    func split(_ count: Int, into wanted: Int, grain: Int, largest: Int) -> (Int, Int) {
      let step = min(largest, ((count + wanted - 1) / wanted + grain - 1) / grain * grain)
      return (step, (count + step - 1) / step)
    }
    let wanted = team.threadCount == 1 ? 1 : 3 * team.threadCount
    let (columnStep, columnParts) = split(
      columns, into: wanted, grain: Scalar.sliverColumns, largest: max(128, Scalar.sliverColumns))
    guard columnParts < wanted else { return (rows, 1, columnStep, columnParts) }
    let (rowStep, rowParts) = split(
      rows, into: (wanted + columnParts - 1) / columnParts, grain: 4 * Scalar.sliverRows,
      largest: max(rows, 1))
    return (rowStep, rowParts, columnStep, columnParts)
  }
}
