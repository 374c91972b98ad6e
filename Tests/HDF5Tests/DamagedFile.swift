import Foundation
import HDF5
import TensorStorage
import TestSupport

/// The bytes of a small file, to be changed at places that its structures tell.
struct DamagedFile {
  var bytes: [UInt8]

  /// A file of the oldest format: datasets `g/a1` and `g/a2` of f32 [3, 2], lists of names.
  init() throws {
    var outline = HDF5Outline()
    outline.add(dataset: TensorDescription(name: "g/a1", elementType: .f32, shape: [3, 2]))
    outline.add(dataset: TensorDescription(name: "g/a2", elementType: .f32, shape: [3, 2]))
    outline.set("layer_names", to: .strings(["g"]), at: "")
    outline.set("weight_names", to: .strings(["a1", "a2"]), at: "g")
    try self.init(outline)
  }

  /// The file of an outline, all values zero.
  init(_ outline: HDF5Outline) throws {
    let folder = try TemporaryFolder()
    var writer = try HDF5Writer(
      path: folder.path("whole.h5"), collision: .replace, outline: outline)
    for tensor in writer.tensors {
      try [UInt8](repeating: 0, count: tensor.byteCount).withUnsafeBytes { try writer.write($0) }
    }
    try writer.finish()
    bytes = try folder.bytes("whole.h5")
  }

  /// A fixture.
  init(fixture name: String) throws {
    bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: fixture(name))))
  }

  /// Everywhere a text stands, such as a structure's signature.
  func places(of text: String) -> [Int] {
    let letters = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { bytes in
      (0...(bytes.count - letters.count)).filter { place in
        bytes[place] == letters[0]
          && letters.indices.allSatisfy { bytes[place + $0] == letters[$0] }
      }
    }
  }

  /// Where a text stands for the n-th time.
  func place(of text: String, _ index: Int = 0) throws -> Int {
    let places = places(of: text)
    guard index < places.count else { throw Missing(text: text) }
    return places[index]
  }

  /// Places of a header message of that type and size in objects of the oldest format.
  func messages(_ type: UInt8, byteCount: UInt8) -> [Int] {
    bytes.indices.dropLast(8).filter {
      $0 % 8 == 0 && Array(bytes[$0..<$0 + 4]) == [type, 0, byteCount, 0]
        && Array(bytes[$0 + 5..<$0 + 8]) == [0, 0, 0]
    }
  }

  /// Writes an integer.
  mutating func set(_ value: UInt64, at place: Int, byteCount: Int) {
    for index in 0..<byteCount {
      bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
    }
  }

  /// Opens the file and reads every value, and the lists of names where there are any.
  func open() throws {
    let folder = try TemporaryFolder()
    let file = try HDF5File(path: folder.write(bytes, to: "damaged.h5"))
    for tensor in file.tensors { _ = try file.bytes(of: tensor) }
    if file.hasGroup("g") { _ = try file.kerasLayers() }
  }

  struct Missing: Error { let text: String }
}
