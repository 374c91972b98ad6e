import HDF5
import TensorStorage
import TestSupport
import Testing

struct HDF5WriterTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Writes a file whose values are counted up byte by byte.
  @discardableResult
  private func write(_ outline: HDF5Outline, to name: String = "out.h5") throws -> String {
    var writer = try HDF5Writer(
      path: folder.path(name), collision: .replace, outline: outline)
    for tensor in writer.tensors {
      // In two pieces, for pieces may have any size.
      let bytes = Self.values(of: tensor)
      try bytes.prefix(3).withUnsafeBytes { try writer.write($0) }
      try bytes.dropFirst(3).withUnsafeBytes { try writer.write($0) }
    }
    try writer.finish()
    return folder.path(name)
  }

  private static func values(of tensor: TensorDescription) -> [UInt8] {
    (0..<tensor.byteCount).map { UInt8(truncatingIfNeeded: $0 + tensor.name.utf8.count) }
  }

  private func expectRoundTrip(_ tensors: [TensorDescription]) throws {
    var outline = HDF5Outline()
    for tensor in tensors { outline.add(dataset: tensor) }
    let file = try HDF5File(path: write(outline))
    #expect(Set(file.tensors) == Set(tensors))
    for tensor in tensors {
      #expect(try file.bytes(of: tensor) == Self.values(of: tensor), "\(tensor.name)")
    }
  }

  @Test func `every type of number comes back`() throws {
    let types: [ElementType] = [
      .f16, .bf16, .f32, .f64, .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64,
    ]
    try expectRoundTrip(
      types.map { TensorDescription(name: "a/\($0)", elementType: $0, shape: [3, 5]) })
  }

  @Test func `scalars, empty datasets and many axes come back`() throws {
    try expectRoundTrip(
      [[], [0], [0, 4], [1], [2, 3, 5, 7]].enumerated().map { index, shape in
        TensorDescription(name: "x\(index)/y", elementType: .f32, shape: Shape(shape))
      })
  }

  @Test(arguments: [0, 1, 8, 9, 256, 257, 300, 2500])
  func `a group can have any number of members`(count: Int) throws {
    try expectRoundTrip(
      (0..<count).map { TensorDescription(name: "g/\($0)", elementType: .u8, shape: [$0 % 3]) })
  }

  @Test func `groups and their attributes come back`() throws {
    var outline = HDF5Outline()
    outline.add(group: "empty/deep")
    outline.set("layer_names", to: .strings(["bert", "dröpout"]), at: "")
    outline.set("backend", to: .string("tensorflow"), at: "")
    outline.set("weight_names", to: .strings([]), at: "empty")
    let file = try HDF5File(path: write(outline))
    #expect(file.hasGroup("empty/deep") && file.tensors.isEmpty)
    #expect(try file.attribute(named: "layer_names", at: "") == .strings(["bert", "dröpout"]))
    #expect(try file.attribute(named: "backend", at: "") == .strings(["tensorflow"]))
    #expect(try file.attribute(named: "weight_names", at: "empty") == .floats([]))
    #expect(try file.strings(named: "weight_names", at: "empty") == [])
  }

  @Test(arguments: [(644, 1), (645, 1), (646, 2), (1290, 2), (1291, 3)])
  func `a list of names above the limit is split as Keras splits it`(
    count: Int, pieces: Int
  ) throws {
    // 100 bytes each; 645 of them are 64,500.
    let names = (0..<count).map { "\(1_000_000 + $0)" + String(repeating: "x", count: 93) }
    var outline = HDF5Outline()
    outline.set("weight_names", to: .strings(names), at: "bert")
    let file = try HDF5File(path: write(outline))
    #expect(try (file.attribute(named: "weight_names", at: "bert") != nil) == (pieces == 1))
    #expect(
      try (file.attribute(named: "weight_names\(pieces - 1)", at: "bert") != nil) == (pieces > 1))
    #expect(try file.attribute(named: "weight_names\(pieces)", at: "bert") == nil)
    #expect(try file.strings(named: "weight_names", at: "bert") == names)
  }

  @Test func `the order of the outline does not matter`() throws {
    let tensors = ["b/c", "a", "b/a", "c"].map {
      TensorDescription(name: $0, elementType: .f32, shape: [2])
    }
    var first = HDF5Outline()
    for tensor in tensors { first.add(dataset: tensor) }
    var second = HDF5Outline()
    for tensor in tensors.reversed() { second.add(dataset: tensor) }
    try write(first, to: "first.h5")
    try write(second, to: "second.h5")
    #expect(try folder.bytes("first.h5") == folder.bytes("second.h5"))
  }

  @Test func `an unfinished file leaves nothing`() throws {
    var outline = HDF5Outline()
    outline.add(dataset: TensorDescription(name: "a", elementType: .f32, shape: [2]))
    do {
      var writer = try HDF5Writer(
        path: folder.path("out.h5"), collision: .replace, outline: outline)
      try [UInt8]([1, 2, 3]).withUnsafeBytes { try writer.write($0) }
    }
    #expect(try folder.names.isEmpty)
  }
}
