import JSON
import TensorStorage

/// Where everything lies in a file that is about to be written; depends on the arguments alone.
package struct WeightFileLayout: Sendable {
  /// What the file is for.
  package let kind: String
  /// The kind's own members.
  package private(set) var metadata: JSONObject
  /// The tensors, in the order of the data.
  package let tensors: [TensorDescription]
  /// Where each tensor begins, counted from ``dataStart``.
  package let offsets: [Int]
  /// Where the tensor data begin.
  package let dataStart: Int
  /// Bytes of the whole file.
  package let fileByteCount: Int

  /// Plans a file.
  ///
  /// - Parameter maximumHeaderByteCount: the format's limit; tests lower it.
  /// - Throws: ``WeightFileError`` when the file would break a rule of the specification.
  package init(
    path: String, kind: String, metadata: JSONObject, tensors: [TensorDescription],
    maximumHeaderByteCount: Int = WeightFileFormat.maximumHeaderByteCount
  ) throws(WeightFileError) {
    guard WeightFileFormat.isKind(kind) else {
      throw WeightFileError(path: path, .kindSpelling(kind))
    }
    var positions: [[UInt8]: Int] = [:]
    var offsets: [Int] = []
    var end = 0
    for (index, tensor) in tensors.enumerated() {
      _ = try TensorRules.check(
        name: tensor.name, elementType: tensor.elementType, dimensions: tensor.shape.dimensions,
        path: path)
      guard positions.updateValue(index, forKey: Array(tensor.name.utf8)) == nil else {
        throw WeightFileError(path: path, .duplicateTensor(tensor.name))
      }
      let offset = WeightFileFormat.align(end, to: WeightFileFormat.tensorAlignment)
      let sum = offset?.addingReportingOverflow(tensor.byteCount)
      guard let offset, let sum, !sum.overflow, sum.partialValue <= TensorRules.maximumByteCount
      else { throw WeightFileError(path: path, .sizeOverflow(tensor: tensor.name)) }
      offsets.append(offset)
      end = sum.partialValue
    }
    try TensorRules.checkScales(tensors, positions: positions, path: path)
    self.kind = kind
    self.metadata = metadata
    self.tensors = tensors
    self.offsets = offsets
    // Checksums have a fixed width, so any of them give the header's length.
    let placeholders = [Checksum](repeating: Checksum(0), count: tensors.count)
    let headerByteCount = Self.json(kind, metadata, tensors, offsets, placeholders).count
    guard headerByteCount <= maximumHeaderByteCount else {
      throw WeightFileError(path: path, .headerTooLong(byteCount: headerByteCount))
    }
    let headerEnd = WeightFileFormat.preambleByteCount + headerByteCount
    let alignment = WeightFileFormat.dataAlignment
    dataStart = (headerEnd + alignment - 1) / alignment * alignment
    fileByteCount = dataStart + end
  }

  /// Preamble and JSON header with these checksums, one a tensor.
  package func header(checksums: [Checksum]) -> [UInt8] {
    WeightFilePreamble.header(
      json: Self.json(kind, metadata, tensors, offsets, checksums),
      fileByteCount: UInt64(fileByteCount))
  }

  /// The same layout with other metadata, which must be as long as its own.
  package func replacing(metadata: JSONObject) -> WeightFileLayout {
    var layout = self
    layout.metadata = metadata
    let placeholders = [Checksum](repeating: Checksum(0), count: tensors.count)
    precondition(
      layout.header(checksums: placeholders).count == header(checksums: placeholders).count,
      "metadata of another length")
    return layout
  }

  private static func json(
    _ kind: String, _ metadata: JSONObject, _ tensors: [TensorDescription], _ offsets: [Int],
    _ checksums: [Checksum]
  ) -> [UInt8] {
    let entries = tensors.indices.map { index -> JSONValue in
      [
        "name": .string(tensors[index].name),
        "dtype": .string(tensors[index].elementType.rawValue),
        "shape": .array(tensors[index].shape.dimensions.map { .integer($0) }),
        "offset": .integer(offsets[index]),
        "byteCount": .integer(tensors[index].byteCount),
        "xxh3": .string(checksums[index].description),
      ]
    }
    let header: JSONObject = [
      "kind": .string(kind), "metadata": .object(metadata), "tensors": .array(entries),
    ]
    return Array(header.serialized(pretty: false).utf8)
  }
}
