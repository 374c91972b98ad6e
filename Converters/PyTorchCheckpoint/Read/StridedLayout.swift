import TensorStorage

/// Where a tensor's elements lie in a file: element (i₀, i₁, …) is `width` bytes at
/// `start + width · Σ iₖ · strides[k]`.
///
/// A layout that is made lies within its storage, and no number of it overflows.
struct StridedLayout: Sendable {
  /// The byte of the file where element (0, 0, …) begins.
  let start: Int
  /// Bytes of an element.
  let width: Int
  /// Axes in the tensor's order.
  let dimensions: [Int]
  /// Elements from one place on an axis to the next; 0 along an axis that repeats.
  let strides: [Int]
  /// Elements of the storage from the tensor's first to its last; fewer than the tensor's where it
  /// repeats some.
  let spanCount: Int

  /// Why a tensor has no layout.
  enum Failure: Error {
    case malformed
    case beyondStorage
  }

  /// A layout over a storage that lies in a file.
  ///
  /// - Parameters:
  ///   - tensor: what a pickle says.
  ///   - shape: its dimensions, which have been counted.
  ///   - storage: the storage's bytes in the file.
  init(_ tensor: TorchTensor, shape: Shape, storage: Range<Int>) throws(Failure) {
    let width = tensor.element.byteWidth
    let viewStart = tensor.storage.viewOffset.multipliedReportingOverflow(
      by: tensor.storage.byteWidth)
    let viewByteCount = tensor.storage.viewCount.multipliedReportingOverflow(
      by: tensor.storage.byteWidth)
    let offset = tensor.offset.multipliedReportingOverflow(by: width)
    guard tensor.offset >= 0, tensor.strides.allSatisfy({ $0 >= 0 }), !viewStart.overflow,
      !viewByteCount.overflow, !offset.overflow
    else { throw .malformed }
    guard viewStart.partialValue <= storage.count,
      viewByteCount.partialValue <= storage.count - viewStart.partialValue,
      offset.partialValue <= viewByteCount.partialValue
    else { throw .beyondStorage }
    self.width = width
    start = storage.lowerBound + viewStart.partialValue + offset.partialValue
    dimensions = shape.dimensions
    strides = tensor.strides
    guard shape.elementCount > 0 else {
      spanCount = 0
      return
    }
    guard let span = Self.span(dimensions, strides) else { throw .malformed }
    let spanByteCount = span.multipliedReportingOverflow(by: width)
    guard !spanByteCount.overflow,
      spanByteCount.partialValue <= viewByteCount.partialValue - offset.partialValue
    else { throw .beyondStorage }
    spanCount = span
  }

  /// Elements from the first to behind the last one, or `nil` when they cannot be counted.
  private static func span(_ dimensions: [Int], _ strides: [Int]) -> Int? {
    var span = 1
    for (dimension, stride) in zip(dimensions, strides) {
      let reach = (dimension - 1).multipliedReportingOverflow(by: stride)
      let sum = span.addingReportingOverflow(reach.partialValue)
      guard !reach.overflow, !sum.overflow else { return nil }
      span = sum.partialValue
    }
    return span
  }

  /// Whether the elements lie one after another in C order.
  var isContiguous: Bool {
    var expected = 1
    for (dimension, stride) in zip(dimensions, strides).reversed() where dimension > 1 {
      guard stride == expected else { return false }
      expected *= dimension
    }
    return true
  }
}
