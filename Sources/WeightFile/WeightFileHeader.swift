import JSON
import TensorStorage

/// The JSON header of a file, read and checked against rules 9 to 23.
struct WeightFileHeader {
  /// One tensor of the header.
  struct Entry {
    let tensor: TensorDescription
    /// Its bytes in the file.
    let bytes: Range<Int>
    let checksum: Checksum
  }

  let kind: String
  let metadata: JSONObject
  let entries: [Entry]
  /// Where in ``entries`` each name is; by bytes, because Swift's strings are equal too easily.
  let positions: [[UInt8]: Int]

  /// Reads the header of a whole file in memory, whose preamble was checked.
  init(
    of file: UnsafeRawBufferPointer, preamble: WeightFilePreamble, path: String
  ) throws(WeightFileError) {
    let json = UnsafeRawBufferPointer(
      rebasing: file[WeightFileFormat.preambleByteCount..<preamble.headerEnd])
    let value: JSONValue
    do {
      value = try JSONValue(parsing: json, file: path)
    } catch {
      throw WeightFileError(path: path, .headerSyntax(problem: error.problem))
    }
    let isStrict = preamble.minorVersion <= WeightFileFormat.minorVersion
    let fields = try HeaderFields(
      value, of: "top level", names: ["kind", "metadata", "tensors"], isStrict: isStrict, path: path
    )
    kind = try fields.string("kind")
    metadata = try fields.object("metadata")
    let list = try fields.array("tensors", "an array of tensors")
    guard WeightFileFormat.isKind(kind) else {
      throw WeightFileError(path: path, .kindSpelling(kind))
    }
    var entries: [Entry] = []
    var positions: [[UInt8]: Int] = [:]
    entries.reserveCapacity(list.count)
    positions.reserveCapacity(list.count)
    var dataEnd = 0
    for (index, value) in list.enumerated() {
      let fields = try HeaderFields(
        value, of: "tensor \(index)",
        names: ["name", "dtype", "shape", "offset", "byteCount", "xxh3"], isStrict: isStrict,
        path: path)
      let entry = try Self.entry(
        fields, dataStart: preamble.dataStart, dataEnd: &dataEnd, path: path)
      guard positions.updateValue(index, forKey: Array(entry.tensor.name.utf8)) == nil else {
        throw WeightFileError(path: path, .duplicateTensor(entry.tensor.name))
      }
      entries.append(entry)
    }
    guard preamble.dataStart + dataEnd == preamble.fileByteCount else {
      throw WeightFileError(
        path: path,
        .dataEnd(
          expected: preamble.dataStart + dataEnd, fileByteCount: preamble.fileByteCount))
    }
    try TensorRules.checkScales(entries.map(\.tensor), positions: positions, path: path)
    self.entries = entries
    self.positions = positions
  }

  /// Reads one tensor and checks that it lies behind the one before it.
  private static func entry(
    _ fields: HeaderFields, dataStart: Int, dataEnd: inout Int, path: String
  ) throws(WeightFileError) -> Entry {
    let name = try fields.string("name")
    let typeName = try fields.string("dtype")
    let dimensions = try fields.dimensions("shape")
    let offset = try fields.count("offset")
    let byteCount = try fields.count("byteCount")
    guard let checksum = Checksum(spelling: try fields.string("xxh3")) else {
      throw fields.missing("xxh3", "16 lower-case hexadecimal digits")
    }
    guard let elementType = ElementType(rawValue: typeName) else {
      throw WeightFileError(path: path, .elementType(tensor: name, found: typeName))
    }
    let tensor = try TensorRules.check(
      name: name, elementType: elementType, dimensions: dimensions, path: path)
    guard byteCount == tensor.byteCount else {
      throw WeightFileError(
        path: path,
        .tensorByteCount(tensor: name, stated: byteCount, expected: tensor.byteCount))
    }
    guard offset % WeightFileFormat.tensorAlignment == 0 else {
      throw WeightFileError(path: path, .misalignedTensor(tensor: name, offset: offset))
    }
    guard let expected = WeightFileFormat.align(dataEnd, to: WeightFileFormat.tensorAlignment)
    else { throw WeightFileError(path: path, .sizeOverflow(tensor: name)) }
    guard offset >= expected else {
      throw WeightFileError(
        path: path, .overlappingTensor(tensor: name, offset: offset, expected: expected))
    }
    guard offset == expected else {
      throw WeightFileError(
        path: path, .gapBeforeTensor(tensor: name, offset: offset, expected: expected))
    }
    // Both terms are below 2⁴⁸ here: `dataEnd` is held to that with each tensor.
    let end = offset + byteCount
    guard end <= TensorRules.maximumByteCount else {
      throw WeightFileError(path: path, .sizeOverflow(tensor: name))
    }
    dataEnd = end
    return Entry(tensor: tensor, bytes: dataStart + offset..<dataStart + end, checksum: checksum)
  }
}
