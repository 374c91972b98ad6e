import TensorStorage

/// The rules that a list of tensors obeys whether it is read or about to be written: 13 to 17, 23.
enum TensorRules {
  /// The most bytes a tensor may have.
  static let maximumByteCount = 1 << 48 - 1

  /// Checks one tensor's own rules.
  static func check(
    name: String, elementType: ElementType, dimensions: [Int], path: String
  ) throws(WeightFileError) -> TensorDescription {
    guard WeightFileFormat.isTensorName(name) else {
      throw WeightFileError(path: path, .tensorName(name))
    }
    guard WeightFileFormat.elementTypes.contains(elementType) else {
      throw WeightFileError(path: path, .elementType(tensor: name, found: elementType.rawValue))
    }
    guard dimensions.count <= WeightFileFormat.maximumRank else {
      throw WeightFileError(path: path, .rank(tensor: name, found: dimensions.count))
    }
    // Zero axes are left out of the product, so that no product of some of the axes overflows.
    var byteCount = elementType.byteWidth
    for dimension in dimensions where dimension != 0 {
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: dimension)
      guard !overflow, product <= maximumByteCount else {
        throw WeightFileError(path: path, .sizeOverflow(tensor: name))
      }
      byteCount = product
    }
    guard let shape = Shape(checking: dimensions) else {
      throw WeightFileError(path: path, .sizeOverflow(tensor: name))
    }
    return TensorDescription(name: name, elementType: elementType, shape: shape)
  }

  /// Checks that each i8 tensor has its scales.
  ///
  /// - Parameter positions: where in `tensors` each name is.
  static func checkScales(
    _ tensors: [TensorDescription], positions: [[UInt8]: Int], path: String
  ) throws(WeightFileError) {
    for tensor in tensors where tensor.elementType == .i8 {
      let scalesName = Array((tensor.name + WeightFileFormat.scalesSuffix).utf8)
      guard tensor.shape.rank > 0, let position = positions[scalesName],
        tensors[position].elementType == .f32,
        tensors[position].shape.dimensions == [tensor.shape.rowCount]
      else { throw WeightFileError(path: path, .scales(tensor: tensor.name)) }
    }
  }
}
