import TensorStorage

/// A dataset of numbers whose place in the file has been checked.
struct HDF5Dataset: Sendable {
  /// Where the values are.
  enum Storage: Sendable {
    case contiguous(address: UInt64)
    case chunked(ChunkGrid)
    /// No elements, so no place.
    case empty
  }

  /// A dataset that can be read, or why it is passed over.
  enum Description {
    case dataset(HDF5Dataset)
    case skipped(reason: String)
  }

  let tensor: TensorDescription
  let isBigEndian: Bool
  let storage: Storage

  /// A chunked dataset larger than this must be in proportion to what is stored of it.
  static let plausibleByteCount = 1 << 26
  /// Deflate packs at most 1032 bytes into one; a shape that claims more was never written.
  static let plausibleRatio: UInt64 = 1100

  /// Whether an object with that header is a dataset.
  static func isDataset(_ header: ObjectHeader) -> Bool { header.message(.layout) != nil }

  /// Reads a dataset's description and holds it to the rules.
  ///
  /// - Throws: ``HDF5Error/Clause`` or `FileError`.
  static func description(
    of header: ObjectHeader, path: String, in blocks: BlockReader
  ) throws -> Description {
    guard header.message(.externalFiles) == nil else {
      throw HDF5Error.Clause.unsupported(.externalStorage)
    }
    let layout = try DataLayout(
      header.required(.layout, as: .layout).fields(of: .layout, in: blocks))
    var typeFields = try header.required(.datatype, as: .datatype).fields(of: .datatype, in: blocks)
    let type = try Datatype(&typeFields)
    var spaceFields = try header.required(.dataspace, as: .dataspace)
      .fields(of: .dataspace, in: blocks)
    let space = try Dataspace(&spaceFields)
    guard let (elementType, isBigEndian) = try numbers(of: type, header, in: blocks) else {
      return .skipped(reason: "holds \(type.content.words)")
    }
    if space.isNull { return .skipped(reason: "holds nothing") }
    let tensor = TensorDescription(
      name: path, elementType: elementType, shape: try space.shape())
    let storage = try storage(of: tensor, layout, header, in: blocks)
    return .dataset(HDF5Dataset(tensor: tensor, isBigEndian: isBigEndian, storage: storage))
  }

  /// The numbers that elements are; `nil` for those that are none.
  ///
  /// Keras writes bfloat16 as two opaque bytes and says what they are in an attribute.
  private static func numbers(
    of type: Datatype, _ header: ObjectHeader, in blocks: BlockReader
  ) throws -> (ElementType, isBigEndian: Bool)? {
    switch type.content {
    case .number(let element, let isBigEndian): return (element, isBigEndian)
    case .opaque where type.byteCount == 2:
      let attribute = try header.attribute(named: "dtype", in: blocks)
      return attribute?.strings == ["bfloat16"] ? (.bf16, false) : nil
    default: return nil
    }
  }

  private static func storage(
    of tensor: TensorDescription, _ layout: DataLayout, _ header: ObjectHeader,
    in blocks: BlockReader
  ) throws -> Storage {
    let byteCount = tensor.byteCount
    guard byteCount > 0 else { return .empty }
    switch layout {
    case .contiguous(let address, let stored):
      // Values that were never written would read as zeros; a checkpoint does not mean that.
      guard let address else { throw HDF5Error.Clause.neverWritten(byteCount: byteCount) }
      guard stored ?? UInt64(byteCount) == UInt64(byteCount) else {
        throw HDF5Error.Clause.sizeMismatch(byteCount: stored ?? 0, expected: byteCount)
      }
      guard blocks.region.holds(UInt64(byteCount), at: address) else {
        throw HDF5Error.Clause.beyondEnd(.values, fileByteCount: blocks.region.byteCount)
      }
      return .contiguous(address: address)
    case .chunked(let chunks):
      let filters = try header.message(.filters).map {
        try FilterPipeline($0.fields(of: .filters, in: blocks))
      }
      let width = tensor.elementType.byteWidth
      let grid = try ChunkGrid(
        chunks, dataset: tensor.shape.dimensions, elementByteCount: width,
        filters: filters ?? FilterPipeline(),
        fillValue: FillValue(of: header, byteCount: width, in: blocks), in: blocks)
      guard grid.storedByteCount > 0 else {
        throw HDF5Error.Clause.neverWritten(byteCount: byteCount)
      }
      guard
        byteCount <= plausibleByteCount
          || UInt64(byteCount) / plausibleRatio <= grid.storedByteCount
      else {
        throw HDF5Error.Clause.implausibleSize(declared: byteCount, stored: grid.storedByteCount)
      }
      return .chunked(grid)
    }
  }
}

extension Datatype.Content {
  /// What a dataset of such elements holds, for a person.
  fileprivate var words: String {
    switch self {
    case .number: "numbers"
    case .fixedText, .variableText: "text"
    case .opaque: "opaque bytes"
    case .other(let words): words
    }
  }
}
