import Randomness
import TensorStorage

/// Reads a parameter's numbers in pieces of bounded size, whatever the size of the tensor.
package struct ParameterReader {
  /// Bytes read from a source at once.
  package static let chunkByteCount = 4 << 20
  /// Bytes of a transposed kernel held at once; a larger kernel is read several times.
  package static let panelByteCount = 16 << 20
  /// The seed from which missing parameters are drawn: fixed, so that equal input gives equal bytes.
  package static let seed: UInt64 = 0x726D_7400

  package let source: any TensorSource

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
    var bytes = [UInt8](repeating: 0, count: rowsPerChunk * tensor.bytesPerRow)
    var floats = [Float](repeating: 0, count: rowsPerChunk * tensor.shape.elementsPerRow)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: rowsPerChunk) {
      let chunk = start..<min(start + rowsPerChunk, rows.upperBound)
      try bytes.withUnsafeMutableBytes { bytes in
        try floats.withUnsafeMutableBufferPointer { floats in
          let encoded = UnsafeMutableRawBufferPointer(
            rebasing: bytes[..<(chunk.count * tensor.bytesPerRow)])
          let decoded = UnsafeMutableBufferPointer(
            rebasing: floats[..<(chunk.count * tensor.shape.elementsPerRow)])
          try source.readRows(chunk, of: tensor, into: encoded)
          tensor.elementType.decodeFloats(UnsafeRawBufferPointer(encoded), into: decoded)
          try NumberRange.checkDecoded(
            decoded, from: UnsafeRawBufferPointer(encoded), of: tensor, in: source)
          try body(chunk, UnsafeBufferPointer(decoded))
        }
      }
    }
  }

  /// A kernel `[in, out]` as `[out, in]`: one pass over the kernel for each panel of `out` columns.
  private func readTransposed(
    _ tensor: TensorDescription, _ body: (UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let (inputs, outputs) = (tensor.shape.dimensions[0], tensor.shape.dimensions[1])
    guard inputs > 0, outputs > 0 else { return }
    let panelWidth = min(outputs, max(1, Self.panelByteCount / (inputs * 4)))
    var panel = [Float](repeating: 0, count: panelWidth * inputs)
    for start in stride(from: 0, to: outputs, by: panelWidth) {
      let columns = start..<min(start + panelWidth, outputs)
      try panel.withUnsafeMutableBufferPointer { panel in
        try readRows(0..<inputs, of: tensor) { rows, floats in
          for column in columns {
            let target = (column - columns.lowerBound) * inputs + rows.lowerBound
            for row in 0..<rows.count {
              panel[target &+ row] = floats[row &* outputs &+ column]
            }
          }
        }
        try body(UnsafeBufferPointer(rebasing: panel[..<(columns.count * inputs)]))
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
