import TensorStorage

/// What stands in front of a GGUF file's data: metadata and the description of every tensor.
///
/// The rules are those of the reference reader, `ggml/src/gguf.cpp`. What is held is bounded: a
/// file of any size makes no more than four million values of 65,536 keys, 131,072 tensors and 64 MiB of
/// text.
struct GGUFHeader {
  /// A tensor as the file describes it.
  struct Entry {
    let description: TensorDescription
    let type: GGMLType
    /// Where its data begins, counted from the end of the header.
    let offset: Int
  }

  static let magic = Array("GGUF".utf8)
  /// The key of the number of which every tensor's place is a multiple.
  static let alignmentKey = "general.alignment"
  /// Longer names of tensors are refused by the reference.
  private static let maximumNameByteCount = 63
  private static let maximumKeyByteCount = 65_535
  private static let maximumAxisCount = 4
  private static let maximumValueCount = 4 << 20
  private static let maximumMemberCount = 1 << 16
  private static let maximumTensorCount = 1 << 17
  private static let maximumTextByteCount = 64 << 20

  private(set) var metadata: [(key: String, value: GGUFValue)] = []
  private(set) var entries: [Entry] = []
  /// Where the data begins in the file.
  private(set) var dataOffset = 0

  private var reader: ByteReader
  private var valueCount = 0
  private var textByteCount = 0

  /// Reads and checks the header of a file.
  ///
  /// - Throws: ``GGUFError``, `TruncatedBytes`, `FileError`.
  init(_ file: RandomAccessFile) throws {
    reader = ByteReader(file)
    guard file.byteCount >= 4, try reader.bytes(4) == Self.magic else { throw fail(.magic) }
    let version: UInt32 = try reader.integer()
    guard version & 0xFFFF != 0 || version == 0 else { throw fail(.bigEndian) }
    guard (2...3).contains(version) else { throw fail(.version(version)) }
    // A tensor's description takes 24 bytes at least, a member of the metadata 13.
    let tensorCount = try count(ofItemsOf: 24) { .tensorCount($0) }
    guard tensorCount <= Self.maximumTensorCount else {
      throw fail(.tensorCount(UInt64(tensorCount)))
    }
    let memberCount = try count(ofItemsOf: 13) { .memberCount($0) }
    guard memberCount <= Self.maximumMemberCount else {
      throw fail(.memberCount(UInt64(memberCount)))
    }
    try readMetadata(memberCount)
    let alignment = try alignment()
    try readEntries(tensorCount, alignment: alignment)
    guard let offset = Self.padded(reader.position, to: alignment) else {
      throw fail(.alignment(UInt64(alignment)))
    }
    dataOffset = offset
    // Where there are no tensors, there is nothing to pad for.
    for entry in entries {
      let byteCount = Self.byteCount(of: entry.description.shape, entry.type)
      let (end, overflow) = (offset + entry.offset).addingReportingOverflow(byteCount ?? .max)
      guard !overflow, end <= file.byteCount else {
        throw fail(
          .beyondEnd(end: overflow ? .max : end, fileByteCount: file.byteCount),
          tensor: entry.description.name)
      }
    }
  }

  /// Bytes that a tensor takes; `nil` when its rows are not whole blocks, or too many.
  static func byteCount(of shape: Shape, _ type: GGMLType) -> Int? {
    guard shape.dimensions.last.map({ $0.isMultiple(of: type.elementsPerBlock) }) ?? true else {
      return nil
    }
    let (bytes, overflow) = (shape.elementCount / type.elementsPerBlock)
      .multipliedReportingOverflow(by: type.bytesPerBlock)
    return overflow ? nil : bytes
  }

  /// The next multiple; `nil` beyond 2⁶³ − 1.
  static func padded(_ count: Int, to alignment: Int) -> Int? {
    let remainder = count % alignment
    guard remainder != 0 else { return count }
    let (sum, overflow) = count.addingReportingOverflow(alignment - remainder)
    return overflow ? nil : sum
  }

  private mutating func readMetadata(_ count: Int) throws {
    var seen: Set<[UInt8]> = []
    for _ in 0..<count {
      let position = reader.position
      let key = try text(limit: Self.maximumKeyByteCount)
      guard !key.isEmpty else { throw fail(.emptyKey(position: position)) }
      guard seen.insert(Array(key.utf8)).inserted else { throw fail(.duplicateKey(key)) }
      metadata.append((key, try value(of: valueType(of: key), key: key)))
    }
  }

  private mutating func valueType(of key: String) throws -> GGUFValueType {
    let number: UInt32 = try reader.integer()
    guard let type = GGUFValueType(rawValue: number) else {
      throw fail(.valueType(key: key, number))
    }
    return type
  }

  private mutating func value(of type: GGUFValueType, key: String) throws -> GGUFValue {
    valueCount += 1
    guard valueCount <= Self.maximumValueCount else { throw fail(.tooManyValues) }
    switch type {
    case .uint8: return .unsigned(UInt64(try reader.integer(UInt8.self)))
    case .uint16: return .unsigned(UInt64(try reader.integer(UInt16.self)))
    case .uint32: return .unsigned(UInt64(try reader.integer(UInt32.self)))
    case .uint64: return .unsigned(try reader.integer())
    case .int8: return .signed(Int64(Int8(bitPattern: try reader.integer())))
    case .int16: return .signed(Int64(Int16(bitPattern: try reader.integer())))
    case .int32: return .signed(Int64(Int32(bitPattern: try reader.integer())))
    case .int64: return .signed(Int64(bitPattern: try reader.integer()))
    case .float32: return .number(Double(Float(bitPattern: try reader.integer())))
    case .float64: return .number(Double(bitPattern: try reader.integer()))
    case .bool: return .bool(try reader.byte() != 0)
    case .string: return .string(try text(limit: Self.maximumTextByteCount))
    case .array:
      let type = try valueType(of: key)
      guard type != .array else { throw fail(.nestedArray(key: key)) }
      let count = try count(ofItemsOf: type.smallestByteCount) { .arrayCount(key: key, $0) }
      var values: [GGUFValue] = []
      for _ in 0..<count { values.append(try value(of: type, key: key)) }
      return .array(values)
    }
  }

  /// The number by which places are rounded: 32 where the file says nothing.
  private func alignment() throws(GGUFError) -> Int {
    guard let value = metadata.first(where: { $0.key == Self.alignmentKey })?.value else {
      return 32
    }
    guard case .unsigned(let alignment) = value, alignment <= UInt64(UInt32.max) else {
      throw fail(.alignmentType)
    }
    guard alignment > 0, alignment & (alignment - 1) == 0 else { throw fail(.alignment(alignment)) }
    return Int(alignment)
  }

  private mutating func readEntries(_ count: Int, alignment: Int) throws {
    var seen: Set<[UInt8]> = []
    var expected = 0
    for _ in 0..<count {
      let name = try text(limit: Self.maximumNameByteCount)
      guard seen.insert(Array(name.utf8)).inserted else { throw fail(.duplicateName, tensor: name) }
      let shape = try shape(of: name)
      let number: UInt32 = try reader.integer()
      guard let type = GGMLType(rawValue: number) else {
        throw fail(
          GGMLType.otherName(number).map { .unsupportedType($0) } ?? .unknownType(number),
          tensor: name)
      }
      guard let byteCount = Self.byteCount(of: shape, type) else {
        throw fail(.size(shape: shape, type), tensor: name)
      }
      let offset: UInt64 = try reader.integer()
      guard offset == UInt64(expected) else {
        throw fail(.offset(offset, expected: expected), tensor: name)
      }
      let description = TensorDescription(name: name, elementType: type.elementType, shape: shape)
      entries.append(Entry(description: description, type: type, offset: expected))
      let (end, overflow) = expected.addingReportingOverflow(byteCount)
      guard !overflow, let next = Self.padded(end, to: alignment) else {
        throw fail(.size(shape: shape, type), tensor: name)
      }
      expected = next
    }
  }

  /// The axes, of which the file gives the innermost first.
  private mutating func shape(of name: String) throws -> Shape {
    let axisCount: UInt32 = try reader.integer()
    guard axisCount <= Self.maximumAxisCount else {
      throw fail(.axisCount(axisCount), tensor: name)
    }
    var axes: [Int] = []
    for _ in 0..<axisCount {
      let length: UInt64 = try reader.integer()
      guard let length = Int(exactly: length) else { throw fail(.axis(length), tensor: name) }
      axes.insert(length, at: 0)
    }
    // No element is wider than eight bytes, so the size in bytes fits as well.
    guard let shape = Shape(checking: axes), shape.elementCount <= Int.max / 8 else {
      throw fail(.tooManyElements(axes), tensor: name)
    }
    return shape
  }

  /// A count that the file declares, bounded by the bytes that are left.
  private mutating func count(
    ofItemsOf byteCount: Int, orFail clause: (UInt64) -> GGUFError.Clause
  ) throws -> Int {
    let count: UInt64 = try reader.integer()
    guard count <= UInt64(reader.remaining / byteCount) else { throw fail(clause(count)) }
    return Int(count)
  }

  private mutating func text(limit: Int) throws -> String {
    let position = reader.position
    let count: UInt64 = try reader.integer()
    guard count <= UInt64(limit), textByteCount + Int(count) <= Self.maximumTextByteCount else {
      throw fail(.textTooLong(position: position, byteCount: count, limit: limit))
    }
    textByteCount += Int(count)
    guard let text = String(validating: try reader.bytes(Int(count)), as: UTF8.self) else {
      throw fail(.notText(position: position))
    }
    return text
  }

  private func fail(_ clause: GGUFError.Clause, tensor: String? = nil) -> GGUFError {
    GGUFError(clause, tensor: tensor, file: reader.path)
  }
}
