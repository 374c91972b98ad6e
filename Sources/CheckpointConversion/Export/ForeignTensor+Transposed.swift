import ModelFile
import ModelSchema
import TensorStorage

extension ForeignTensor {
  /// Hands over a parameter `[out, in]` as `[in, out]`, some rows of it at a time.
  ///
  /// The model's file is mapped, so its numbers are gathered where they lie.
  /// - Throws: ``ConversionError/overflow(path:tensor:value:type:)``, and what `body` throws.
  func encodeTransposed(
    _ parameter: ParameterDescription, from model: ModelFile,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let (sourceType, source) = model.bytes(of: parameter)
    let (outputs, inputs) = (parameter.shape.dimensions[0], parameter.shape.dimensions[1])
    let rowsPerPiece = min(inputs, max(1, ParameterReader.chunkByteCount / 4 / outputs))
    var part = [Float](repeating: 0, count: rowsPerPiece)
    var piece = [Float](repeating: 0, count: rowsPerPiece * outputs)
    var encoded = [UInt8](repeating: 0, count: piece.count * elementType.byteWidth)
    for start in stride(from: 0, to: inputs, by: rowsPerPiece) {
      let count = min(rowsPerPiece, inputs - start)
      let width = sourceType.byteWidth
      try piece.withUnsafeMutableBufferPointer { piece in
        part.withUnsafeMutableBufferPointer { part in
          let row = UnsafeMutableBufferPointer(rebasing: part[..<count])
          for output in 0..<outputs {
            let first = (output * inputs + start) * width
            sourceType.decodeFloats(
              UnsafeRawBufferPointer(rebasing: source[first..<first + count * width]), into: row)
            for input in 0..<count { piece[input &* outputs &+ output] = row[input] }
          }
        }
        let floats = UnsafeBufferPointer(rebasing: piece[..<(count * outputs)])
        try NumberRange.check(floats, as: elementType, path: model.path, tensor: parameter.name)
        try encoded.withUnsafeMutableBytes { encoded in
          let target = UnsafeMutableRawBufferPointer(
            rebasing: encoded[..<(floats.count * elementType.byteWidth)])
          elementType.encodeFloats(floats, into: target)
          try body(UnsafeRawBufferPointer(target))
        }
      }
    }
  }
}
