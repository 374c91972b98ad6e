/// The dimensions of a tensor, row-major, with an element count known not to overflow.
public struct Shape: Sendable, Hashable, CustomStringConvertible {
  /// The length of each axis, outermost first; empty for a scalar.
  public let dimensions: [Int]
  /// The product of the dimensions; 1 for a scalar.
  public let elementCount: Int

  /// A shape from lengths that came from a file: `nil` when one is negative or their product,
  /// multiplied from left to right, overflows.
  public init?(checking dimensions: [Int]) {
    var count = 1
    for dimension in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard dimension >= 0, !overflow else { return nil }
      count = product
    }
    self.dimensions = dimensions
    elementCount = count
  }

  /// A shape from lengths that the program itself chose; traps when the product overflows.
  public init(_ dimensions: [Int]) {
    guard let shape = Shape(checking: dimensions) else {
      preconditionFailure("shape \(dimensions) has a negative axis or more elements than Int.max")
    }
    self = shape
  }

  /// Number of axes.
  public var rank: Int { dimensions.count }

  /// Length of the outermost axis, along which tensors are read in pieces; 1 for a scalar.
  public var rowCount: Int { dimensions.first ?? 1 }

  /// Elements in one step along the outermost axis; 0 for a tensor without elements, whose other
  /// axes may be so long that their product overflows.
  public var elementsPerRow: Int { elementCount == 0 ? 0 : elementCount / rowCount }

  /// The form that people read: `[30522, 384]`.
  public var description: String { "\(dimensions)" }
}

extension Shape: ExpressibleByArrayLiteral {
  /// A shape written out in the program.
  public init(arrayLiteral dimensions: Int...) { self.init(dimensions) }
}
