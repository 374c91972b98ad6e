/// What a file says of one of its tensors.
public struct TensorDescription: Sendable, Hashable {
  /// The name, exactly as the file spells it; never used as a path.
  public let name: String
  /// Type of the elements.
  public let elementType: ElementType
  /// Dimensions, row-major.
  public let shape: Shape

  /// A description; the byte count must fit, which readers have checked before they come here.
  public init(name: String, elementType: ElementType, shape: Shape) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
  }

  /// Bytes of one step along the outermost axis.
  public var bytesPerRow: Int { (shape.elementsPerRow * elementType.bitWidth + 7) / 8 }

  /// Bytes of the whole tensor.
  public var byteCount: Int { (shape.elementCount * elementType.bitWidth + 7) / 8 }
}

/// A weight file of any format: named tensors that are described at once and read in pieces.
///
/// Opening a source reads headers only. Everything that consumes weights (conversion, comparison,
/// inspection) goes through this protocol, so it works on every format alike and holds no more than
/// the rows that it asked for.
public protocol TensorSource: Sendable {
  /// The format's name for people, such as `safetensors`.
  var formatName: String { get }
  /// The files behind this source, shards in order.
  var sourcePaths: [String] { get }
  /// Every tensor, in an order that depends on the content alone.
  var tensors: [TensorDescription] { get }
  /// What the files hold and this source does not offer as tensors, with the reason.
  var skipped: [(path: String, reason: String)] { get }
  /// What is odd about the files without being wrong, each a sentence without the full stop.
  var notes: [String] { get }
  /// Copies rows along the outermost axis into `destination`, little-endian, in C order.
  ///
  /// - Parameters:
  ///   - rows: rows of the outermost axis; `0..<1` for a scalar.
  ///   - tensor: one of ``tensors``.
  ///   - destination: exactly `rows.count * tensor.bytesPerRow` bytes.
  /// - Throws: ``DescribedError`` when the file cannot be read.
  func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws
}

extension TensorSource {
  /// Nothing, in formats whose tensors are all offered.
  public var skipped: [(path: String, reason: String)] { [] }

  /// Nothing, in formats that leave no room for oddities.
  public var notes: [String] { [] }

  /// The tensor of that exact name, if there is one.
  public func tensor(named name: String) -> TensorDescription? {
    tensors.first { $0.name == name }
  }

  /// Reads a whole tensor's bytes; meant for small tensors and tests.
  public func bytes(of tensor: TensorDescription) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
    try bytes.withUnsafeMutableBytes {
      try readRows(0..<tensor.shape.rowCount, of: tensor, into: $0)
    }
    return bytes
  }

  /// Reads a whole floating-point tensor as `Float`, other types trap; meant for small tensors and
  /// tests.
  public func floats(of tensor: TensorDescription) throws -> [Float] {
    let bytes = try bytes(of: tensor)
    var floats = [Float](repeating: 0, count: tensor.shape.elementCount)
    bytes.withUnsafeBytes { source in
      floats.withUnsafeMutableBufferPointer {
        tensor.elementType.decodeFloats(source, into: $0)
      }
    }
    return floats
  }
}
