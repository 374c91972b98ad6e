/// A field of a message: its number, and its value or the place of its bytes.
package struct ProtocolBufferField: Sendable {
  /// What lies behind the key.
  package enum Value: Sendable, Hashable {
    /// `int32`, `int64`, `uint64`, `bool`, `enum`; a negative number as its two's complement.
    case varint(UInt64)
    /// `fixed64`, `double`: the bits.
    case fixed64(UInt64)
    /// `fixed32`, `float`: the bits.
    case fixed32(UInt32)
    /// `string`, `bytes`, messages and packed fields: where they lie.
    case bytes(Range<Int>)
  }

  /// The number by which the message's definition knows it.
  package let number: Int
  /// What it holds.
  package let value: Value
  /// Where its key is, counted from the file's beginning.
  package let position: Int

  /// The integer in it.
  ///
  /// - Parameter file: the file's name, for messages.
  /// - Throws: ``ProtocolBufferError`` when it holds something else.
  package func integer(in file: String) throws(ProtocolBufferError) -> Int64 {
    guard case .varint(let value) = value else { throw unexpected("an integer", in: file) }
    return Int64(bitPattern: value)
  }

  /// The 32 bits in it.
  ///
  /// - Throws: ``ProtocolBufferError`` when it holds something else.
  package func fixed32(in file: String) throws(ProtocolBufferError) -> UInt32 {
    guard case .fixed32(let value) = value else { throw unexpected("32 bits", in: file) }
    return value
  }

  /// Where its bytes lie.
  ///
  /// - Throws: ``ProtocolBufferError`` when it holds something else.
  package func part(in file: String) throws(ProtocolBufferError) -> Range<Int> {
    guard case .bytes(let part) = value else { throw unexpected("bytes", in: file) }
    return part
  }

  private func unexpected(_ expected: String, in file: String) -> ProtocolBufferError {
    ProtocolBufferError(
      .unexpectedType(field: number, expected: expected), at: position, file: file)
  }
}
