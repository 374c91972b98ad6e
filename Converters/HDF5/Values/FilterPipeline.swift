internal import CZlib

/// What was done to the bytes of a chunk before they were stored: shuffle, deflate, a checksum.
///
/// Source: HDF5 File Format Specification 3.0, IV.A.2.l.
struct FilterPipeline {
  /// The filters that are undone here, by their registered numbers.
  enum Filter: Int {
    case deflate = 1
    case shuffle = 2
    case checksum = 3
  }

  /// More filters than the format allows.
  private static let maximumFilterCount = 32

  /// The filters in the order in which they were applied.
  private(set) var filters: [Filter] = []

  /// No filters.
  init() {}

  /// Reads the message.
  ///
  /// - Throws: ``HDF5Error/Clause/unsupported(_:)`` at a filter that is not undone here.
  init(_ message: FieldReader) throws(HDF5Error.Clause) {
    var fields = message
    let version = try fields.version(1...2)
    let count = try fields.byte()
    guard count <= Self.maximumFilterCount else {
      throw .invalidField(.filters, field: "their number", value: UInt64(count))
    }
    if version == 1 { try fields.skip(6) }
    for _ in 0..<count {
      let id = try fields.short()
      let hasName = version == 1 || id >= 256
      let nameByteCount = hasName ? try fields.short() : 0
      try fields.skip(2)
      let parameterCount = try fields.short()
      try fields.skip(version == 1 ? (nameByteCount + 7) / 8 * 8 : nameByteCount)
      try fields.skip(4 * (version == 1 ? (parameterCount + 1) / 2 * 2 : parameterCount))
      guard let filter = Filter(rawValue: id) else { throw .unsupported(.filter(id: id)) }
      filters.append(filter)
    }
  }

  /// Undoes the filters, the last one first.
  ///
  /// - Parameters:
  ///   - stored: the bytes as they are in the file.
  ///   - mask: bits of filters that this chunk went without.
  ///   - byteCount: bytes that must come out.
  ///   - elementByteCount: bytes of an element, which shuffling took apart.
  func undo(
    _ stored: [UInt8], mask: UInt64, byteCount: Int, elementByteCount: Int
  ) throws(HDF5Error.Clause) -> [UInt8] {
    var bytes = stored
    for (position, filter) in filters.enumerated().reversed() where mask >> position & 1 == 0 {
      switch filter {
      // Checksums that were taken earlier are still behind the values.
      case .deflate: bytes = try Self.inflated(bytes, limit: byteCount + 4 * filters.count)
      case .shuffle: bytes = Self.unshuffled(bytes, elementByteCount: elementByteCount)
      case .checksum:
        guard bytes.count >= 4 else { throw .damagedChunk(filter: "Fletcher's checksum") }
        let sum = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        bytes.removeLast(4)
        guard sum == Fletcher32.checksum(bytes) else {
          throw .damagedChunk(filter: "Fletcher's checksum")
        }
      }
    }
    guard bytes.count == byteCount else { throw .damagedChunk(filter: "its size") }
    return bytes
  }

  private static func inflated(
    _ bytes: [UInt8], limit: Int
  ) throws(HDF5Error.Clause) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: limit)
    var count = uLongf(limit)
    let status = bytes.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer {
        uncompress($0.baseAddress, &count, source.baseAddress, uLong(source.count))
      }
    }
    guard status == Z_OK else { throw .damagedChunk(filter: "deflate") }
    result.removeLast(limit - Int(count))
    return result
  }

  /// First bytes of all elements, then all second bytes, become elements again; what is left behind
  /// the last whole element was not moved.
  private static func unshuffled(_ bytes: [UInt8], elementByteCount: Int) -> [UInt8] {
    let count = bytes.count / elementByteCount
    guard elementByteCount > 1, count > 1 else { return bytes }
    var result = bytes
    bytes.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { target in
        for place in 0..<elementByteCount {
          for element in 0..<count {
            target[element &* elementByteCount &+ place] = source[place &* count &+ element]
          }
        }
      }
    }
    return result
  }
}
