/// The decoder of Snappy's raw format, in which older checkpoints keep the blocks of their index.
///
/// A varint of the length that comes out, then elements: literals, or copies of what came out before.
/// Nothing is reserved beyond what the bytes that are there can make. Source: google/snappy,
/// `format_description.txt`.
public enum Snappy {
  /// Why bytes are not Snappy's.
  public enum Failure: Error, Hashable {
    /// No length, or one of more than 32 bits.
    case length
    /// A length beyond the limit, or beyond what so few bytes can stand for.
    case tooLong(byteCount: Int)
    /// An element that needs more bytes than are left.
    case truncated
    /// A copy from before the beginning, or from the place itself.
    case offset(Int)
    /// Elements that make more than the length, or less.
    case otherLength(declared: Int)
  }

  /// The most bytes that one byte can stand for: a copy of 64 takes three.
  private static let largestExpansion = 22

  /// The bytes that a compressed block stands for.
  ///
  /// - Parameter limit: the most that the caller is prepared to hold.
  package static func decompressed(
    _ bytes: some Collection<UInt8>, limit: Int
  ) throws(Failure) -> [UInt8] {
    let input = Array(bytes)
    var position = 0
    let count = try declaredLength(input, &position)
    guard count <= limit, count <= input.count * largestExpansion else {
      throw .tooLong(byteCount: count)
    }
    var output: [UInt8] = []
    output.reserveCapacity(count)
    while position < input.count {
      let tag = Int(input[position])
      position += 1
      if tag & 3 == 0 {
        var length = tag >> 2
        if length >= 60 { length = try littleEndian(length - 59, input, &position) }
        length += 1
        guard length <= input.count - position else { throw .truncated }
        guard length <= count - output.count else { throw .otherLength(declared: count) }
        output += input[position..<position + length]
        position += length
      } else {
        let (length, offset) = try copy(tag, input, &position)
        guard offset > 0, offset <= output.count else { throw .offset(offset) }
        guard length <= count - output.count else { throw .otherLength(declared: count) }
        // Byte by byte: a copy may reach into what it is making, which repeats a pattern.
        for _ in 0..<length { output.append(output[output.count - offset]) }
      }
    }
    guard output.count == count else { throw .otherLength(declared: count) }
    return output
  }

  private static func declaredLength(
    _ input: [UInt8], _ position: inout Int
  ) throws(Failure) -> Int {
    var length = 0
    for shift in stride(from: 0, to: 35, by: 7) {
      guard position < input.count else { throw .length }
      let byte = Int(input[position])
      position += 1
      length |= (byte & 0x7F) << shift
      if byte < 0x80 {
        guard length <= Int(UInt32.max) else { throw .length }
        return length
      }
    }
    throw .length
  }

  /// Length and distance of a copy, by the two lowest bits of its tag.
  private static func copy(
    _ tag: Int, _ input: [UInt8], _ position: inout Int
  ) throws(Failure) -> (length: Int, offset: Int) {
    switch tag & 3 {
    case 1:
      let low = try littleEndian(1, input, &position)
      return (4 + (tag >> 2 & 7), (tag >> 5) << 8 | low)
    case 2: return (1 + (tag >> 2), try littleEndian(2, input, &position))
    default: return (1 + (tag >> 2), try littleEndian(4, input, &position))
    }
  }

  private static func littleEndian(
    _ width: Int, _ input: [UInt8], _ position: inout Int
  ) throws(Failure) -> Int {
    guard width <= input.count - position else { throw .truncated }
    let value = (0..<width).reduce(0) { $0 | Int(input[position + $1]) << (8 * $1) }
    position += width
    return value
  }
}
