import TensorStorage

/// The shape of a dataset or attribute.
///
/// Source: HDF5 File Format Specification 3.0, IV.A.2.b.
struct Dataspace {
  /// More axes than the format allows.
  private static let maximumRank = 32

  /// The lengths of the axes; none for a scalar.
  let dimensions: [UInt64]
  /// Whether there are no elements at all, not even one.
  let isNull: Bool

  /// Reads a dataspace from its message.
  init(_ fields: inout FieldReader) throws(HDF5Error.Clause) {
    let version = try fields.version(1...2)
    let rank = try fields.byte()
    let flags = try fields.byte()
    // Version 1 has a reserved byte here, version 2 the kind: scalar, simple, null.
    let kind = try fields.byte()
    if version == 1 { try fields.skip(4) }
    guard rank <= Self.maximumRank else {
      throw .invalidField(.dataspace, field: "its rank", value: UInt64(rank))
    }
    isNull = version == 2 && kind == 2
    var dimensions: [UInt64] = []
    for _ in 0..<rank { dimensions.append(try fields.length()) }
    // Greatest lengths, to which the dataset might grow.
    if flags & 1 != 0 { try fields.skip(rank * fields.widths.length) }
    self.dimensions = dimensions
  }

  /// The shape, of which the bits of the whole and of one row can be counted.
  ///
  /// - Throws: ``HDF5Error/Clause/sizeOverflow(dimensions:)``.
  func shape() throws(HDF5Error.Clause) -> Shape {
    let lengths = dimensions.compactMap { Int(exactly: $0) }
    guard lengths.count == dimensions.count, let shape = Shape(checking: lengths),
      let row = Shape(checking: Array(lengths.dropFirst())),
      !shape.elementCount.multipliedReportingOverflow(by: 128).overflow,
      !row.elementCount.multipliedReportingOverflow(by: 128).overflow
    else { throw .sizeOverflow(dimensions: dimensions) }
    return shape
  }
}
