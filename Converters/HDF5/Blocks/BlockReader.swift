/// Fetches the blocks that describe a file's objects, so many bytes in all and no more.
///
/// A hostile file could lead through the same bytes again and again; what one walk through a file, or
/// one look at an attribute, may read is therefore limited.
final class BlockReader {
  /// Bytes that one walk may read; the largest checkpoints have some megabytes of structures.
  static let maximumByteCount = 1 << 27

  let region: FileRegion
  let widths: FieldWidths
  private var remaining: Int

  init(region: FileRegion, widths: FieldWidths, maximumByteCount: Int = maximumByteCount) {
    self.region = region
    self.widths = widths
    remaining = maximumByteCount
  }

  /// Takes bytes that are looked at or copied once more from the allowance.
  func charge(_ byteCount: Int) throws(HDF5Error.Clause) {
    guard byteCount <= remaining else { throw .tooMuchMetadata(limit: Self.maximumByteCount) }
    remaining -= byteCount
  }

  /// The block of that size at an address.
  ///
  /// - Throws: ``HDF5Error/Clause`` when there is no such place or the allowance is used up.
  func block(
    at address: UInt64?, byteCount: UInt64, of structure: HDF5Structure
  ) throws -> FieldReader {
    guard let address else { throw HDF5Error.Clause.noAddress(structure) }
    guard region.holds(byteCount, at: address) else {
      throw HDF5Error.Clause.beyondEnd(structure, fileByteCount: region.byteCount)
    }
    // A handful of bytes more for each block: many empty ones cost time too.
    try charge(Int(byteCount) + 16)
    let bytes = try region.bytes(at: address, count: Int(byteCount))
    return FieldReader(bytes[...], of: structure, widths: widths, address: address)
  }
}
