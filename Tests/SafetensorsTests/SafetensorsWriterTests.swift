import Foundation
import Safetensors
import TensorStorage
import TestSupport
import Testing

struct SafetensorsWriterTests {
  let folder: TemporaryFolder
  let tensors = [
    TensorDescription(name: "weight", elementType: .f32, shape: [2, 3]),
    TensorDescription(name: "half", elementType: .f16, shape: [3]),
    TensorDescription(name: "bias", elementType: .f32, shape: [2]),
    TensorDescription(name: "nothing", elementType: .f32, shape: [0, 4]),
    TensorDescription(name: "positions", elementType: .i64, shape: [1]),
    TensorDescription(name: "byte", elementType: .u8, shape: []),
  ]

  init() throws { folder = try TemporaryFolder() }

  private func write(to path: String, pieceByteCount: Int, metadata: [String: String]) throws {
    var writer = try SafetensorsWriter(
      path: path, collision: .replace, tensors: tensors, metadata: metadata)
    for tensor in writer.tensors {
      let bytes = (0..<tensor.byteCount).map { UInt8($0) + UInt8(tensor.name.utf8.count) }
      for start in stride(from: 0, to: bytes.count, by: pieceByteCount) {
        try bytes[start..<min(start + pieceByteCount, bytes.count)].withUnsafeBytes {
          try writer.write($0)
        }
      }
    }
    try writer.finish()
  }

  @Test(arguments: [1, 3, 1000])
  func `writes what the reader reads`(pieceByteCount: Int) throws {
    let path = folder.path("model.safetensors")
    try write(
      to: path, pieceByteCount: pieceByteCount, metadata: ["format": "pt", "note": "ä\"\n"])
    let file = try SafetensorsFile(path: path)
    #expect(
      file.tensors.map(\.name) == ["positions", "bias", "nothing", "weight", "half", "byte"])
    #expect(Set(file.tensors) == Set(tensors))
    #expect(file.metadata == ["format": "pt", "note": "ä\"\n"])
    for tensor in file.tensors {
      let expected = (0..<tensor.byteCount).map { UInt8($0) + UInt8(tensor.name.utf8.count) }
      #expect(try file.bytes(of: tensor) == expected)
    }
  }

  @Test func `writes the header byte for byte as the reference does`() throws {
    let path = folder.path("reference.safetensors")
    let tensors = [
      TensorDescription(name: "b", elementType: .f32, shape: [1]),
      TensorDescription(name: "a", elementType: .u8, shape: [2]),
    ]
    var writer = try SafetensorsWriter(path: path, collision: .replace, tensors: tensors)
    try [UInt8]([0, 0, 128, 63]).withUnsafeBytes { try writer.write($0) }
    try [UInt8]([1, 2]).withUnsafeBytes { try writer.write($0) }
    try writer.finish()
    let header =
      #"{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
      + #""a":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}"#
    let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let expected =
      lengthBytes(UInt64(header.utf8.count + padding.utf8.count)) + Array((header + padding).utf8)
      + [0, 0, 128, 63, 1, 2]
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(expected))
  }

  @Test func `leaves nothing behind when it is dropped`() throws {
    do {
      let writer = try SafetensorsWriter(
        path: folder.path("dropped.safetensors"), collision: .replace, tensors: tensors)
      #expect(writer.tensors.count == 6)
    }
    #expect(try folder.names == [])
  }

  @Test func `knows every element type of the format`() throws {
    for type in ElementType.allCases {
      let path = folder.path("\(type).safetensors")
      let tensor = TensorDescription(name: "t", elementType: type, shape: [4])
      var writer = try SafetensorsWriter(path: path, collision: .replace, tensors: [tensor])
      try [UInt8](repeating: 7, count: tensor.byteCount).withUnsafeBytes { try writer.write($0) }
      try writer.finish()
      #expect(try SafetensorsFile(path: path).tensors == [tensor])
    }
  }
}
