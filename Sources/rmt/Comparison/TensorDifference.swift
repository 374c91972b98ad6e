import TensorStorage

/// How far two tensors of the same shape lie apart.
struct TensorDifference {
  /// The largest |a − b|; infinite when one side is NaN or infinite and the other is not the same,
  /// or when elements that are no numbers differ.
  private(set) var largest = 0.0
  /// Where the largest difference is, counted in elements in C order; `nil` when all are equal.
  private(set) var position: Int?

  /// Bytes of a piece that is held in memory, for each side.
  private static let pieceByteCount = 4 << 20

  /// Compares piece by piece.
  ///
  /// - Throws: what a source throws when it cannot be read, and what `eachPiece` throws; that is
  ///   called with the elements of every piece.
  init(
    _ first: TensorDescription, of firstSource: any TensorSource,
    _ second: TensorDescription, of secondSource: any TensorSource,
    eachPiece: (Int) throws -> Void
  ) throws {
    precondition(first.shape == second.shape, "tensors of different shapes")
    let perRow = first.shape.elementsPerRow
    guard first.shape.elementCount > 0 else { return }
    let bytesPerRow = max(first.bytesPerRow, second.bytesPerRow, perRow * 8)
    let rowsPerPiece = max(1, Self.pieceByteCount / bytesPerRow)
    var row = 0
    while row < first.shape.rowCount {
      let rows = row..<min(first.shape.rowCount, row + rowsPerPiece)
      let firstBytes = try Self.bytes(of: rows, first, firstSource)
      let secondBytes = try Self.bytes(of: rows, second, secondSource)
      let base = row * perRow
      if let a = ElementNumbers(firstBytes, first.elementType),
        let b = ElementNumbers(secondBytes, second.elementType)
      {
        for index in 0..<rows.count * perRow {
          let x = a[index]
          let y = b[index]
          if x == y || (x.isNaN && y.isNaN) { continue }
          let difference = abs(x - y)
          note(difference.isNaN ? .infinity : difference, at: base + index)
        }
      } else if first.elementType != second.elementType || firstBytes != secondBytes {
        note(.infinity, at: base)
      }
      try eachPiece(rows.count * perRow)
      row = rows.upperBound
    }
  }

  private mutating func note(_ difference: Double, at position: Int) {
    guard difference > largest else { return }
    largest = difference
    self.position = position
  }

  private static func bytes(
    of rows: Range<Int>, _ tensor: TensorDescription, _ source: any TensorSource
  ) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: rows.count * tensor.bytesPerRow)
    try bytes.withUnsafeMutableBytes { try source.readRows(rows, of: tensor, into: $0) }
    return bytes
  }
}
