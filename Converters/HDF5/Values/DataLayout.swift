/// Where the values of a dataset lie.
///
/// Versions 1 to 5 of the message. Source: HDF5 File Format Specification 3.0, IV.A.2.i.
enum DataLayout {
  /// In one piece; compact values lie in the header itself. No address: never written.
  case contiguous(address: UInt64?, byteCount: UInt64?)
  /// In chunks of equal shape.
  case chunked(Chunks)

  /// The shape of a dataset's chunks and how they are found.
  struct Chunks {
    /// What leads to the chunks.
    enum Index {
      /// A B-tree of version 1.
      case tree(UInt64?)
      /// The only chunk itself, with its stored size and the filters left out where it is filtered.
      case single(UInt64?, stored: UInt64?, filterMask: UInt64)
      /// All chunks one behind the other.
      case implicit(UInt64?)
    }

    /// The lengths of a chunk's axes.
    let dimensions: [UInt64]
    /// The bytes of an element as the chunks have it.
    let elementByteCount: UInt64
    let index: Index
  }

  /// Reads the message.
  ///
  /// - Throws: ``HDF5Error/Clause``, ``HDF5Error/Clause/unsupported(_:)`` for virtual datasets and
  ///   the newest indexes of chunks.
  init(_ message: FieldReader) throws(HDF5Error.Clause) {
    var fields = message
    let version = try fields.version(1...5)
    self =
      version <= 2 ? try Self.early(&fields) : try Self.late(&fields, version: version)
  }

  private static func early(_ fields: inout FieldReader) throws(HDF5Error.Clause) -> DataLayout {
    let rank = try fields.byte()
    let kind = try fields.byte()
    try fields.skip(5)
    let address = kind == 0 ? nil : try fields.fileAddress()
    switch kind {
    case 0:
      try fields.skip(4 * rank)
      let byteCount = try fields.word()
      return try compact(&fields, byteCount)
    // The dimensions repeat the dataspace's.
    case 1: return .contiguous(address: address, byteCount: nil)
    case 2:
      let (dimensions, size) = try chunkShape(&fields, rank: rank, width: 4)
      return .chunked(Chunks(dimensions: dimensions, elementByteCount: size, index: .tree(address)))
    default: throw .invalidField(.layout, field: "its class", value: UInt64(kind))
    }
  }

  private static func late(
    _ fields: inout FieldReader, version: Int
  ) throws(HDF5Error.Clause) -> DataLayout {
    let kind = try fields.byte()
    switch kind {
    case 0:
      let byteCount = try fields.short()
      return try compact(&fields, byteCount)
    case 1:
      return .contiguous(address: try fields.fileAddress(), byteCount: try fields.length())
    case 2 where version == 3:
      let rank = try fields.byte()
      let address = try fields.fileAddress()
      let (dimensions, size) = try chunkShape(&fields, rank: rank, width: 4)
      return .chunked(Chunks(dimensions: dimensions, elementByteCount: size, index: .tree(address)))
    case 2: return try indexed(&fields)
    case 3: throw .unsupported(.virtualDataset)
    default: throw .invalidField(.layout, field: "its class", value: UInt64(kind))
    }
  }

  private static func compact(
    _ fields: inout FieldReader, _ byteCount: Int
  ) throws(HDF5Error.Clause) -> DataLayout {
    let address = fields.nextAddress
    try fields.skip(byteCount)
    return .contiguous(address: address, byteCount: UInt64(byteCount))
  }

  /// Chunks as versions 4 and 5 have them; they differ where a chunk has more than 4 GiB.
  private static func indexed(_ fields: inout FieldReader) throws(HDF5Error.Clause) -> DataLayout {
    let flags = try fields.byte()
    let rank = try fields.byte()
    let width = try fields.byte()
    guard (1...8).contains(width) else {
      throw .invalidField(.layout, field: "the width of a dimension", value: UInt64(width))
    }
    let (dimensions, size) = try chunkShape(&fields, rank: rank, width: width)
    let type = try fields.byte()
    switch type {
    case 1:
      let isFiltered = flags & 2 != 0
      let stored = isFiltered ? try fields.length() : nil
      let mask = isFiltered ? try fields.integer(byteCount: 4) : 0
      return .chunked(
        Chunks(
          dimensions: dimensions, elementByteCount: size,
          index: .single(try fields.fileAddress(), stored: stored, filterMask: mask)))
    case 2:
      return .chunked(
        Chunks(
          dimensions: dimensions, elementByteCount: size,
          index: .implicit(try fields.fileAddress())))
    default: throw .unsupported(.chunkIndex(type: type))
    }
  }

  /// The lengths of a chunk, the last of which is an element's bytes.
  private static func chunkShape(
    _ fields: inout FieldReader, rank: Int, width: Int
  ) throws(HDF5Error.Clause) -> ([UInt64], UInt64) {
    guard rank > 0 else { throw .invalidField(.layout, field: "its rank", value: 0) }
    var dimensions: [UInt64] = []
    for _ in 0..<rank { dimensions.append(try fields.integer(byteCount: width)) }
    let size = dimensions.removeLast()
    return (dimensions, size)
  }
}
