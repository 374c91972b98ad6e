import Randomness
import TensorStorage

/// Reads parameters' numbers in pieces of bounded size, whatever the size of the tensor.
///
/// The memory for a piece is kept from one parameter to the next.
package final class ParameterReader {
  /// Bytes read from a source at once.
  package static let chunkByteCount = 4 << 20
  /// Bytes of a transposed kernel held at once; a larger kernel is read several times.
  package static let panelByteCount = 16 << 20
  /// The seed from which missing parameters are drawn: fixed, so that equal input gives equal bytes.
  package static let seed: UInt64 = 0x726D_7400

  package let source: any TensorSource
  private var encoded = AlignedBuffer<UInt8>(count: 0)
  private var decoded = AlignedBuffer<Float>(count: 0)
  private var panel = AlignedBuffer<Float>(count: 0)

  package init(source: any TensorSource) { self.source = source }

  /// Rows of a tensor that are read at once, at least one.
  static func rowsPerChunk(of tensor: TensorDescription) -> Int {
    max(1, chunkByteCount / max(1, tensor.bytesPerRow))
  }

  /// Hands the parameter's numbers to `body` in order.
  ///
  /// - Throws: what the source or `body` throws.
  package func read(
    _ binding: ConversionPlan.Binding, _ body: (UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    switch binding.origin {
    case .rows(let tensor, let first):
      let rows = first..<first + binding.parameter.shape.rowCount
      try readRows(rows, of: tensor) { _, floats in try body(floats) }
    case .transposed(let tensor):
      try readTransposed(tensor, body)
    case .zeros:
      try generate(binding.parameter.shape.elementCount, { 0 }, body)
    case .normal(let deviation):
      var stream = RandomStream(seed: Self.seed)
      try generate(
        binding.parameter.shape.elementCount,
        { Float(stream.normal(standardDeviation: deviation)) },
        body)
    }
  }

  private func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    _ body: (Range<Int>, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let rowsPerChunk = min(Self.rowsPerChunk(of: tensor), max(1, rows.count))
    // Floats are read to where they are wanted.
    let isDecoded = tensor.elementType == .f32
    if !isDecoded { encoded.grow(to: rowsPerChunk * tensor.bytesPerRow) }
    decoded.grow(to: rowsPerChunk * tensor.shape.elementsPerRow)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: rowsPerChunk) {
      let chunk = start..<min(start + rowsPerChunk, rows.upperBound)
      let floats = UnsafeMutableBufferPointer(
        start: decoded.baseAddress, count: chunk.count * tensor.shape.elementsPerRow)
      if isDecoded {
        try source.readRows(chunk, of: tensor, into: UnsafeMutableRawBufferPointer(floats))
      } else {
        let bytes = UnsafeMutableRawBufferPointer(
          start: encoded.baseAddress, count: chunk.count * tensor.bytesPerRow)
        try source.readRows(chunk, of: tensor, into: bytes)
        tensor.elementType.decodeFloats(UnsafeRawBufferPointer(bytes), into: floats)
        try NumberRange.checkDecoded(
          floats, from: UnsafeRawBufferPointer(bytes), of: tensor, in: source)
      }
      try body(chunk, UnsafeBufferPointer(floats))
    }
  }

  /// A kernel `[in, out]` as `[out, in]`: one pass over the kernel for each panel of `out` columns.
  private func readTransposed(
    _ tensor: TensorDescription, _ body: (UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let (inputs, outputs) = (tensor.shape.dimensions[0], tensor.shape.dimensions[1])
    guard inputs > 0, outputs > 0 else { return }
    let panelWidth = min(outputs, max(1, Self.panelByteCount / (inputs * 4)))
    panel.grow(to: panelWidth * inputs)
    for start in stride(from: 0, to: outputs, by: panelWidth) {
      let columns = start..<min(start + panelWidth, outputs)
      let target = UnsafeMutableBufferPointer(
        start: panel.baseAddress, count: columns.count * inputs)
      try readRows(0..<inputs, of: tensor) { rows, floats in
        Self.transpose(floats, rows: rows, columns: columns, into: target)
      }
      try body(UnsafeBufferPointer(target))
    }
  }

  /// Puts some columns of rows `[rows, outputs]` into a panel `[columns, inputs]`.
  ///
  /// In squares of 16: each is a cache line wide on both sides.
  private static func transpose(
    _ floats: UnsafeBufferPointer<Float>, rows: Range<Int>, columns: Range<Int>,
    into panel: UnsafeMutableBufferPointer<Float>
  ) {
    let outputs = floats.count / rows.count
    let inputs = panel.count / columns.count
    for firstColumn in stride(from: columns.lowerBound, to: columns.upperBound, by: 16) {
      let columnEnd = min(firstColumn + 16, columns.upperBound)
      for firstRow in stride(from: 0, to: rows.count, by: 16) {
        let rowEnd = min(firstRow + 16, rows.count)
        for column in firstColumn..<columnEnd {
          let target = (column &- columns.lowerBound) &* inputs &+ rows.lowerBound
          for row in firstRow..<rowEnd {
            panel[target &+ row] = floats[row &* outputs &+ column]
          }
        }
      }
    }
  }

  private func generate(
    _ count: Int, _ next: () -> Float, _ body: (UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    var remaining = count
    while remaining > 0 {
      let chunk = (0..<min(remaining, Self.chunkByteCount / 4)).map { _ in next() }
      try chunk.withUnsafeBufferPointer { try body($0) }
      remaining -= chunk.count
    }
  }
}

extension AlignedBuffer {
  /// Holds at least `count` elements from now on; what it held before is gone where it was smaller.
  fileprivate mutating func grow(to count: Int) {
    if self.count < count { self = AlignedBuffer(count: count) }
  }
}
