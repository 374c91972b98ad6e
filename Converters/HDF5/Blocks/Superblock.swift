import TensorStorage

/// The front of an HDF5 file: where addresses begin, how wide they are, where the root group is.
///
/// Versions 0 to 3. Source: HDF5 File Format Specification 3.0, II.A.
struct Superblock {
  static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
  /// More than any version's superblock has.
  private static let maximumByteCount = 256

  /// The file from its base address on.
  let region: FileRegion
  let widths: FieldWidths
  /// Address of the root group's object header.
  let rootAddress: UInt64

  /// Finds and reads the superblock.
  ///
  /// - Parameter range: the HDF5 file's bytes in the file.
  /// - Throws: ``HDF5Error/Clause`` or `FileError`.
  init(of file: RandomAccessFile, in range: Range<Int>) throws {
    guard let offset = try Self.signatureOffset(of: file, in: range) else {
      throw HDF5Error.Clause.notHDF5
    }
    let region = FileRegion(
      file: file, origin: range.lowerBound + offset, byteCount: range.count - offset)
    let bytes = try region.bytes(at: 0, count: min(Self.maximumByteCount, region.byteCount))
    var fields = FieldReader(
      bytes[...], of: .superblock, widths: FieldWidths(offset: 8, length: 8), address: 0)
    try fields.skip(Self.signature.count)
    let version = try fields.version(0...3)
    // Versions 0 and 1 have those of three tables and a reserved byte in between.
    if version <= 1 { try fields.skip(4) }
    widths = try Self.widths(&fields)
    fields.widths = widths
    // Sizes of B-tree nodes and flags: a reader needs neither.
    try fields.skip([9, 13, 1, 1][version])

    let base = try fields.fileAddress() ?? 0
    try fields.skip(widths.offset)  // free space, or the superblock's extension
    let end = try fields.fileAddress()
    if version <= 1 {
      guard try fields.fileAddress() == nil else { throw HDF5Error.Clause.unsupported(.fileDriver) }
      try fields.skip(widths.offset)  // the root's name
    }
    guard let root = try fields.fileAddress() else {
      throw HDF5Error.Clause.noAddress(.objectHeader)
    }
    if version >= 2 {
      let checked = 12 + 4 * widths.offset
      guard try fields.integer(byteCount: 4) == UInt64(Lookup3.checksum(bytes[..<checked])) else {
        throw HDF5Error.Clause.wrongChecksum(.superblock)
      }
    }
    rootAddress = root
    // The end counts from the file's start, and the base tells where that was when it was written.
    let length = (end ?? .max).subtractingReportingOverflow(base)
    guard !length.overflow, length.partialValue <= UInt64(region.byteCount) else {
      throw HDF5Error.Clause.cut(
        declared: length.overflow ? .max : length.partialValue, fileByteCount: region.byteCount)
    }
    self.region = region
  }

  /// The format looks at byte 0, then at 512, 1024, 2048 and so on.
  private static func signatureOffset(
    of file: RandomAccessFile, in range: Range<Int>
  ) throws -> Int? {
    var offset = 0
    while offset <= range.count - signature.count {
      let start = range.lowerBound + offset
      if try file.bytes(in: start..<start + signature.count) == signature { return offset }
      offset = offset == 0 ? 512 : offset * 2
    }
    return nil
  }

  private static func widths(_ fields: inout FieldReader) throws -> FieldWidths {
    let widths = FieldWidths(offset: try fields.byte(), length: try fields.byte())
    guard [2, 4, 8].contains(widths.offset), [2, 4, 8].contains(widths.length) else {
      throw HDF5Error.Clause.unsupported(
        .widths(offset: widths.offset, length: widths.length))
    }
    return widths
  }
}
