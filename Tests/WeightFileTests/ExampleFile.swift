import JSON
import TensorStorage
import TestSupport

@testable import WeightFile

/// The file of the specification's example, and files that are wrong in one place.
enum ExampleFile {
  static let tensors = [
    TensorDescription(name: "row", elementType: .f32, shape: [3]),
    TensorDescription(name: "table", elementType: .i8, shape: [2, 2]),
    TensorDescription(name: "table.scales", elementType: .f32, shape: [2]),
  ]

  static let data: [UInt8] =
    floats(1, -2, 0.5) + [1, 0xFF, 127, 0x81] + floats(0.25, 2)

  static func floats(_ values: Float...) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
  }

  /// Writes the example; returns its path.
  static func write(in folder: TemporaryFolder, name: String = "example.rmtw") throws -> String {
    let path = folder.path(name)
    var writer = try WeightFileWriter(
      path: path, collision: .keepExisting, kind: "model", metadata: ["note": "example"],
      tensors: tensors)
    try writer.write(data)
    try writer.finish()
    return path
  }

  /// A file with this JSON header, sealed with the right checksum, and `dataByteCount` zeros of data.
  static func bytes(
    json: String, dataByteCount: Int, majorVersion: UInt16 = 1, minorVersion: UInt16 = 0,
    features: UInt32 = 0, statedByteCount: UInt64? = nil
  ) -> [UInt8] {
    let json = Array(json.utf8)
    let dataStart = (40 + json.count + 4095) / 4096 * 4096
    let byteCount = dataStart + dataByteCount
    let header = WeightFilePreamble.header(
      json: json, fileByteCount: statedByteCount ?? UInt64(byteCount), majorVersion: majorVersion,
      minorVersion: minorVersion, features: features)
    return header + [UInt8](repeating: 0, count: byteCount - header.count)
  }

  /// A header with these tensors' JSON.
  static func json(tensors: String...) -> String {
    #"{"kind":"model","metadata":{},"tensors":["# + tensors.joined(separator: ",") + "]}"
  }

  /// One tensor's JSON; the checksum is that of nothing, which opening does not look at.
  static func tensor(
    name: String = "a", dtype: String = "f32", shape: String = "[4]", offset: String = "0",
    byteCount: String = "16", xxh3: String = "2d06800538d394c2", more: String = ""
  ) -> String {
    #"{"name":"\#(name)","dtype":"\#(dtype)","shape":\#(shape),"offset":\#(offset),"#
      + #""byteCount":\#(byteCount),"xxh3":"\#(xxh3)"\#(more)}"#
  }
}
