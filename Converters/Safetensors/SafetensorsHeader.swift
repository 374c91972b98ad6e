import JSON
import TensorStorage

/// A safetensors header that has passed every rule of the format.
///
/// The checks are those of the reference reader, and stricter where the format is stricter than it:
/// repeated names, entries that are arrays, and dimensions above 2⁶³ − 1 are refused. Whitespace
/// around the object, unknown members of an entry, `__metadata__: null`, tensors without elements
/// and any order of entries are accepted, as there.
///
/// Source: the format's README and `safetensors/src/tensor.rs` (huggingface/safetensors 0.8).
struct SafetensorsHeader {
  struct Entry {
    let description: TensorDescription
    /// First byte of the data, counted from the end of the header.
    let begin: Int
    let end: Int
  }

  /// The most bytes that a header may have.
  static let maximumByteCount = 100_000_000

  /// All tensors in the order of their data.
  let entries: [Entry]
  let metadata: [String: String]

  /// Reads a header's text.
  ///
  /// - Parameters:
  ///   - text: the header without its length.
  ///   - dataByteCount: bytes of the file behind the header.
  ///   - file: the file's name, for messages.
  init(
    parsing text: [UInt8], dataByteCount: Int, file: String
  ) throws(SafetensorsError) {
    let root: JSONValue
    do {
      root = try JSONValue(
        parsing: text, file: file, maximumValueCount: JSONValue.maximumDescriptionValueCount)
    } catch {
      throw SafetensorsError(.headerNotJSON(error), file: file)
    }
    guard let members = root.object?.members else {
      throw SafetensorsError(.headerNotObject, file: file)
    }
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    entries.reserveCapacity(members.count)
    for (name, value) in members {
      if name == "__metadata__" {
        metadata = try Self.metadata(value, file: file)
      } else {
        entries.append(try Self.entry(name, value, file: file))
      }
    }
    // The sort is stable, so the order depends on the content alone.
    entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    try Self.requireFullCover(entries, dataByteCount: dataByteCount, file: file)
    self.entries = entries
    self.metadata = metadata
  }

  private static func metadata(
    _ value: JSONValue, file: String
  ) throws(SafetensorsError) -> [String: String] {
    if value.isNull { return [:] }
    guard let members = value.object?.members else {
      throw SafetensorsError(.metadataNotObject, file: file)
    }
    var metadata: [String: String] = [:]
    for (name, value) in members {
      guard let text = value.string else {
        throw SafetensorsError(.metadataValueNotString(name: name), file: file)
      }
      metadata[name] = text
    }
    return metadata
  }

  private static func entry(
    _ name: String, _ value: JSONValue, file: String
  ) throws(SafetensorsError) -> Entry {
    guard let fields = value.object else {
      throw SafetensorsError(.entryNotObject(tensor: name), file: file)
    }
    guard let typeName = fields["dtype"]?.string else {
      throw SafetensorsError(.missingField(tensor: name, field: "dtype"), file: file)
    }
    guard let type = ElementType(safetensorsName: typeName) else {
      throw SafetensorsError(.unknownElementType(tensor: name, found: typeName), file: file)
    }
    guard let shapeField = fields["shape"] else {
      throw SafetensorsError(.missingField(tensor: name, field: "shape"), file: file)
    }
    guard let dimensions = naturals(shapeField) else {
      throw SafetensorsError(.malformedShape(tensor: name), file: file)
    }
    guard let offsetsField = fields["data_offsets"] else {
      throw SafetensorsError(.missingField(tensor: name, field: "data_offsets"), file: file)
    }
    guard let offsets = naturals(offsetsField), offsets.count == 2 else {
      throw SafetensorsError(.malformedOffsets(tensor: name), file: file)
    }
    let (begin, end) = (offsets[0], offsets[1])
    guard begin <= end else {
      throw SafetensorsError(.offsetsReversed(tensor: name, begin: begin, end: end), file: file)
    }
    let shape = try shape(dimensions, of: name, type, file: file)
    let bitCount = shape.elementCount * type.bitWidth
    guard bitCount % 8 == 0 else {
      throw SafetensorsError(.misaligned(tensor: name, bitCount: bitCount), file: file)
    }
    guard end - begin == bitCount / 8 else {
      throw SafetensorsError(
        .sizeMismatch(tensor: name, byteCount: end - begin, expected: bitCount / 8), file: file)
    }
    return Entry(
      description: TensorDescription(name: name, elementType: type, shape: shape), begin: begin,
      end: end)
  }

  /// A shape of which the bits of the whole and of one row can be counted.
  private static func shape(
    _ dimensions: [Int], of name: String, _ type: ElementType, file: String
  ) throws(SafetensorsError) -> Shape {
    guard let shape = Shape(checking: dimensions),
      // A tensor without rows may still declare rows of any size.
      let row = Shape(checking: Array(dimensions.dropFirst())),
      !shape.elementCount.multipliedReportingOverflow(by: type.bitWidth).overflow,
      !row.elementCount.multipliedReportingOverflow(by: type.bitWidth * 2).overflow
    else {
      throw SafetensorsError(.sizeOverflow(tensor: name, shape: dimensions), file: file)
    }
    return shape
  }

  private static func requireFullCover(
    _ entries: [Entry], dataByteCount: Int, file: String
  ) throws(SafetensorsError) {
    var covered = 0
    for entry in entries {
      guard entry.begin == covered else {
        throw SafetensorsError(
          .offsetsNotContiguous(
            tensor: entry.description.name, begin: entry.begin, expected: covered), file: file)
      }
      covered = entry.end
    }
    guard covered == dataByteCount else {
      throw SafetensorsError(
        .dataNotCovered(end: covered, dataByteCount: dataByteCount), file: file)
    }
  }

  /// An array of integers that are not negative; `-0`, `4.0` and `4e0` are no integers here.
  private static func naturals(_ value: JSONValue) -> [Int]? {
    guard let elements = value.array else { return nil }
    var numbers: [Int] = []
    numbers.reserveCapacity(elements.count)
    for element in elements {
      guard let number = element.integer, number >= 0 else { return nil }
      numbers.append(number)
    }
    return numbers
  }
}
