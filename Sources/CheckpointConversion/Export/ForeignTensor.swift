import ModelFile
import ModelSchema
import TensorStorage

/// A tensor of an exported file, put together from a model's parameters.
struct ForeignTensor: Sendable {
  /// What its elements are.
  enum Content: Sendable {
    /// Parameters one behind the other along the outermost axis.
    case parameters([ParameterDescription])
    /// Ids.
    case integers([Int64])
  }

  private(set) var name: String
  let shape: Shape
  let elementType: ElementType
  let content: Content
  /// The tensor of which this is a second name; it holds the same numbers.
  var sharedWith: String?
  /// Whether the tensor is a kernel `[in, out]` of a parameter `[out, in]`.
  let isTransposed: Bool

  var description: TensorDescription {
    TensorDescription(name: name, elementType: elementType, shape: shape)
  }

  /// The bytes that the tensor takes up itself: none when it is a second name.
  var storedByteCount: Int { sharedWith == nil ? description.byteCount : 0 }

  /// The same numbers under another name.
  func named(_ name: String) -> ForeignTensor {
    var tensor = self
    tensor.name = name
    return tensor
  }

  /// Parameters under a foreign name; behind the first one come rows of the others.
  init(
    _ name: String, _ parameters: [ParameterDescription], as elementType: ElementType,
    isTransposed: Bool = false
  ) {
    self.isTransposed = isTransposed
    self.name = name
    self.elementType = elementType
    content = .parameters(parameters)
    let rowCount = parameters.reduce(0) { $0 + $1.shape.rowCount }
    let dimensions = [rowCount] + (parameters.first?.shape.dimensions.dropFirst() ?? [])
    shape = Shape(isTransposed ? dimensions.reversed() : dimensions)
  }

  /// A list of ids.
  init(_ name: String, integers: [Int64]) {
    self.name = name
    elementType = .i64
    isTransposed = false
    content = .integers(integers)
    shape = [integers.count]
  }

  /// Hands the tensor's encoded bytes to `body` in order, in pieces of bounded size.
  ///
  /// - Throws: ``ConversionError/overflow(path:tensor:value:type:)`` when a number does not fit the
  ///   element type, and what `body` throws.
  func encode(from model: ModelFile, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    switch content {
    case .integers(let integers):
      try integers.map(\.littleEndian).withUnsafeBytes { try body($0) }
    case .parameters(let parameters):
      for parameter in parameters {
        if isTransposed {
          try encodeTransposed(parameter, from: model, body)
        } else {
          try encode(parameter, from: model, body)
        }
      }
    }
  }

  private func encode(
    _ parameter: ParameterDescription, from model: ModelFile,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let (sourceType, bytes) = model.bytes(of: parameter)
    let elementsPerChunk = ParameterReader.chunkByteCount / 4
    if sourceType == elementType {
      let bytesPerChunk = elementsPerChunk * sourceType.byteWidth
      for start in stride(from: 0, to: bytes.count, by: bytesPerChunk) {
        try body(
          UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + bytesPerChunk, bytes.count)]))
      }
      return
    }
    let elementCount = parameter.shape.elementCount
    let capacity = min(elementsPerChunk, elementCount)
    var floats = [Float](repeating: 0, count: capacity)
    var encoded = [UInt8](repeating: 0, count: capacity * elementType.byteWidth)
    for start in stride(from: 0, to: elementCount, by: elementsPerChunk) {
      let count = min(elementsPerChunk, elementCount - start)
      let width = sourceType.byteWidth
      let source = UnsafeRawBufferPointer(rebasing: bytes[start * width..<(start + count) * width])
      try floats.withUnsafeMutableBufferPointer { floats in
        let part = UnsafeMutableBufferPointer(rebasing: floats[..<count])
        sourceType.decodeFloats(source, into: part)
        try NumberRange.check(
          UnsafeBufferPointer(part), as: elementType, path: model.path, tensor: parameter.name)
        try encoded.withUnsafeMutableBytes { encoded in
          let target = UnsafeMutableRawBufferPointer(
            rebasing: encoded[..<(count * elementType.byteWidth)])
          elementType.encodeFloats(UnsafeBufferPointer(part), into: target)
          try body(UnsafeRawBufferPointer(target))
        }
      }
    }
  }
}
