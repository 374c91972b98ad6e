import TensorStorage

/// Reads messages of protocol buffers field by field, from memory or from a file of any size.
///
/// A field that holds bytes comes as the place where they lie; a message in it is read by calling
/// ``read(_:_:)`` again with that place. Nothing is skipped unseen: every field is given to the
/// caller, who ignores the ones that it does not know. How deep messages nest is up to the caller.
/// Source: the Protocol Buffers encoding, protobuf.dev/programming-guides/encoding.
package struct ProtocolBufferReader {
  private var input: ByteReader

  /// A reader of a message that is a whole file.
  package init(_ file: RandomAccessFile) { input = ByteReader(file) }

  /// A reader of a message in memory.
  ///
  /// - Parameter path: the file that it is from, for messages.
  package init(_ bytes: [UInt8], path: String) { input = ByteReader(bytes, path: path) }

  /// The file's name.
  package var path: String { input.path }

  /// Where the whole message lies.
  package var whole: Range<Int> { 0..<input.end }

  /// Gives the fields of a message to `body` one after another.
  ///
  /// - Parameters:
  ///   - part: where the message lies: ``whole``, or the bytes of a field.
  ///   - body: may read other parts through the reader that it is given.
  /// - Throws: ``ProtocolBufferError``, `TruncatedBytes`, `FileError`, and what `body` throws.
  package mutating func read(
    _ part: Range<Int>, _ body: (inout Self, ProtocolBufferField) throws -> Void
  ) throws {
    let outer = input.position..<input.end
    defer { input.move(to: outer) }
    var position = part.lowerBound
    while position < part.upperBound {
      input.move(to: position..<part.upperBound)
      let field = try nextField()
      position = input.position
      try body(&self, field)
    }
  }

  /// The bytes of a field.
  ///
  /// - Parameter limit: the most that the caller is prepared to hold.
  /// - Throws: ``ProtocolBufferError`` when the field holds no bytes, or too many.
  package mutating func bytes(of field: ProtocolBufferField, limit: Int) throws -> [UInt8] {
    let part = try field.part(in: path)
    guard part.count <= limit else {
      throw ProtocolBufferError(
        .tooLong(field: field.number, byteCount: part.count, limit: limit), at: field.position,
        file: path)
    }
    input.move(to: part)
    return try input.bytes(part.count)
  }

  /// The text of a field.
  ///
  /// - Throws: ``ProtocolBufferError`` when the field holds no bytes, too many, or no UTF-8.
  package mutating func text(of field: ProtocolBufferField, limit: Int) throws -> String {
    guard let text = String(validating: try bytes(of: field, limit: limit), as: UTF8.self) else {
      throw ProtocolBufferError(.notText(field: field.number), at: field.position, file: path)
    }
    return text
  }

  /// The integers of a repeated field: one, or any number of them packed.
  ///
  /// - Parameter body: is given one integer after another.
  /// - Throws: ``ProtocolBufferError``, and what `body` throws.
  package mutating func integers(
    of field: ProtocolBufferField, _ body: (UInt64) throws -> Void
  ) throws {
    if case .varint(let value) = field.value { return try body(value) }
    let part = try field.part(in: path)
    input.move(to: part)
    while input.remaining > 0 { try body(try varint(field: field.number)) }
  }

  private mutating func nextField() throws -> ProtocolBufferField {
    let position = input.position
    let key = try varint(field: nil)
    let number = key >> 3
    guard (1...0x1FFF_FFFF).contains(number) else {
      throw ProtocolBufferError(.fieldNumber(number), at: position, file: path)
    }
    guard let type = ProtocolBufferWireType(rawValue: key & 7) else {
      throw ProtocolBufferError(
        .wireType(field: Int(number), type: Int(key & 7)), at: position, file: path)
    }
    let value: ProtocolBufferField.Value
    switch type {
    case .varint: value = .varint(try varint(field: Int(number)))
    case .fixed64: value = .fixed64(try input.integer())
    case .fixed32: value = .fixed32(try input.integer())
    case .lengthDelimited:
      let count = try varint(field: Int(number))
      guard let count = Int(exactly: count), count <= input.remaining else {
        throw ProtocolBufferError(
          .beyondEnd(field: Int(number), byteCount: count, remaining: input.remaining),
          at: position, file: path)
      }
      value = .bytes(input.position..<input.position + count)
      try input.skip(count)
    }
    return ProtocolBufferField(number: Int(number), value: value, position: position)
  }

  /// Seven bits a byte, the lowest first; ten bytes at most, of the tenth one bit.
  private mutating func varint(field: Int?) throws -> UInt64 {
    let position = input.position
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      let byte = try input.byte()
      if shift == 63, byte > 1 { break }
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw ProtocolBufferError(.varintTooLong(field: field), at: position, file: path)
  }
}
