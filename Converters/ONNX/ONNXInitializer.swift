import ProtocolBuffers
import TensorStorage

/// A tensor that an ONNX file holds, or points to: TensorProto.
///
/// Source: onnx, `onnx.proto`.
struct ONNXInitializer {
  /// Where the numbers are.
  enum Place: Hashable {
    /// Bytes of the file itself, little-endian and in C order.
    case inFile(Range<Int>)
    /// Bytes of the file itself: a varint for each half-precision number.
    case varints(Range<Int>)
    /// Bytes of another file: its name, the first of them, and how many there are if that is said.
    case external(name: String, offset: Int, byteCount: Int?)
    /// There are none.
    case nowhere
  }

  static let maximumNameByteCount = 1 << 16
  private static let maximumAxisCount = 64

  private(set) var name = ""
  /// The number of the element type.
  private(set) var type: Int64 = 0
  private(set) var dimensions: [Int64] = []
  private(set) var place = Place.nowhere
  private var isExternal = false
  private var external: [String: String] = [:]

  /// Reads the message.
  ///
  /// - Throws: ``ONNXError``, `ProtocolBufferError`, `TruncatedBytes`, `FileError`.
  init(_ part: Range<Int>, _ reader: inout ProtocolBufferReader) throws {
    let file = reader.path
    var isSegment = false
    try reader.read(part) { reader, field in
      switch field.number {
      case 1:
        try reader.integers(of: field) { dimension in
          dimensions.append(Int64(bitPattern: dimension))
          guard dimensions.count <= Self.maximumAxisCount else {
            throw ONNXError(.shape(dimensions), tensor: name, file: file)
          }
        }
      case 2: type = try field.integer(in: file)
      case 3: isSegment = true
      case 4, 7, 9, 10, 11: try take(.inFile(packed(field, file)), file)
      case 5: try take(.varints(packed(field, file)), file)
      case 8: name = try reader.text(of: field, limit: Self.maximumNameByteCount)
      case 13: try readExternal(field.part(in: file), &reader)
      case 14: isExternal = try field.integer(in: file) == 1
      default: break
      }
    }
    if isSegment { throw ONNXError(.segment, tensor: name, file: file) }
    if isExternal { place = try externalPlace(file: file) }
  }

  /// The place of the numbers of a repeated field, which must be packed to lie one behind the other.
  private func packed(_ field: ProtocolBufferField, _ file: String) throws -> Range<Int> {
    guard case .bytes(let part) = field.value else {
      throw ONNXError(.unpackedNumbers, tensor: name, file: file)
    }
    return part
  }

  private mutating func take(_ found: Place, _ file: String) throws(ONNXError) {
    guard place == .nowhere else { throw ONNXError(.numbersTwice, tensor: name, file: file) }
    place = found
  }

  private mutating func readExternal(
    _ part: Range<Int>, _ reader: inout ProtocolBufferReader
  ) throws {
    let (key, value) = try reader.stringEntry(part, limit: Self.maximumNameByteCount)
    external[key] = value
  }

  /// What `location`, `offset` and `length` say.
  private func externalPlace(file: String) throws(ONNXError) -> Place {
    let location = external["location"] ?? ""
    guard location.isPlainFileName else {
      throw ONNXError(.externalName(location), tensor: name, file: file)
    }
    func number(_ key: String) throws(ONNXError) -> Int? {
      guard let text = external[key] else { return nil }
      guard let number = Int(text), number >= 0 else {
        throw ONNXError(.externalNumber(key: key, text), tensor: name, file: file)
      }
      return number
    }
    return .external(
      name: location, offset: try number("offset") ?? 0, byteCount: try number("length"))
  }
}

extension ProtocolBufferReader {
  /// A key and its value: StringStringEntryProto.
  mutating func stringEntry(
    _ part: Range<Int>, limit: Int
  ) throws -> (key: String, value: String) {
    var entry = (key: "", value: "")
    try read(part) { reader, field in
      switch field.number {
      case 1: entry.key = try reader.text(of: field, limit: limit)
      case 2: entry.value = try reader.text(of: field, limit: limit)
      default: break
      }
    }
    return entry
  }
}
