import Foundation
import HDF5
import TensorStorage
import TestSupport
import Testing

/// The path of a file in Tests/Fixtures/hdf5.
func fixture(_ name: String) -> String {
  Fixtures.path("hdf5/" + name)
}

struct HDF5FileTests {
  @Test(arguments: [
    ("float16", ElementType.f16), ("float32", .f32), ("float64", .f64), ("int8", .i8),
    ("int16", .i16), ("int32", .i32), ("int64", .i64), ("uint8", .u8), ("uint16", .u16),
    ("uint32", .u32), ("uint64", .u64),
  ])
  func `reads every type of number`(name: String, type: ElementType) throws {
    let file = try HDF5File(path: fixture("various.h5"))
    let tensor = try #require(file.tensor(named: name))
    #expect(tensor == TensorDescription(name: name, elementType: type, shape: [2, 3]))
    if type.isFloatingPoint {
      #expect(try file.floats(of: tensor) == [0, 1, 2, 3, 4, 5])
    } else {
      let width = type.byteWidth
      let expected = (0..<6).flatMap { number in
        [UInt8(number)] + [UInt8](repeating: 0, count: width - 1)
      }
      #expect(try file.bytes(of: tensor) == expected)
    }
  }

  @Test func `reads big-endian numbers as little-endian`() throws {
    let file = try HDF5File(path: fixture("various.h5"))
    let floats = try #require(file.tensor(named: "big_endian_float32"))
    #expect(floats.elementType == .f32)
    #expect(try file.floats(of: floats) == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
    let integers = try #require(file.tensor(named: "big_endian_int16"))
    #expect(try file.bytes(of: integers) == [0, 0, 44, 1, 88, 2, 132, 3, 176, 4, 220, 5])
  }

  @Test func `reads truth values`() throws {
    let file = try HDF5File(path: fixture("various.h5"))
    let truth = try #require(file.tensor(named: "truth"))
    #expect(truth.elementType == .bool && truth.shape == [2])
    #expect(try file.bytes(of: truth) == [1, 0])
  }

  @Test func `reads scalars, and datasets without rows`() throws {
    let file = try HDF5File(path: fixture("various.h5"))
    let scalar = try #require(file.tensor(named: "scalar"))
    #expect(scalar.shape == [])
    #expect(try file.floats(of: scalar) == [7.5])
    let empty = try #require(file.tensor(named: "no_rows"))
    #expect(empty.shape == [0, 3])
    #expect(try file.bytes(of: empty) == [])
  }

  @Test func `reads rows of compressed chunks`() throws {
    let file = try HDF5File(path: fixture("various.h5"))
    let tensor = try #require(file.tensor(named: "group/compressed"))
    #expect(try file.floats(of: tensor) == (0..<40).map(Float.init))
    var floats = [Float](repeating: 0, count: 12)
    try floats.withUnsafeMutableBytes { try file.readRows(2..<5, of: tensor, into: $0) }
    #expect(floats == (8..<20).map(Float.init))
  }

  @Test func `lists what holds no numbers, with the reason`() throws {
    let file = try HDF5File(path: fixture("various.h5"))
    let reasons = Dictionary(uniqueKeysWithValues: file.skipped.map { ($0.path, $0.reason) })
    #expect(
      reasons == [
        "text": "holds text", "bfloat16_as_bytes": "holds opaque bytes",
        "nothing": "holds nothing",
      ])
  }

  @Test(arguments: [
    ("fixed", HDF5Attribute.strings(["one", "three"])),
    ("fixed_umlaut", .strings(["ä", "b"])), ("variable", .strings(["eins", "zwölf", ""])),
    ("one", .strings(["alone"])), ("integers", .integers([3, -4])), ("floats", .floats([0.5])),
    ("empty", .floats([])), ("odd", .other),
  ])
  func `reads attributes`(name: String, expected: HDF5Attribute) throws {
    let file = try HDF5File(path: fixture("various.h5"))
    #expect(try file.attribute(named: name, at: "group") == expected)
  }

  @Test func `tells a missing attribute from a missing group`() throws {
    let file = try HDF5File(path: fixture("various.h5"))
    #expect(try file.attribute(named: "none", at: "group") == nil)
    #expect(throws: HDF5Error.self) { try file.attribute(named: "none", at: "nowhere") }
  }

  @Test(arguments: [
    ("soft_link", "link"), ("external_link", "link"), ("external_storage", "unsupported"),
    ("virtual", "unsupported"), ("shape_bomb", "implausibleSize"),
    ("chunk_bomb", "chunkTooLarge"), ("never_written", "neverWritten"), ("cycle", "circle"),
  ])
  func `refuses a hostile file and says why`(name: String, clause: String) throws {
    let error = try #require(throws: HDF5Error.self) {
      try HDF5File(path: fixture("hostile/\(name).h5"))
    }
    #expect(clauseName(error.clause) == clause)
    #expect(error.description.contains("hostile/\(name).h5"))
  }

  @Test func `refuses what is no HDF5 file, or a part of one`() throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: URL(fileURLWithPath: fixture("various.h5")))
    for (bytes, clause) in [
      (Data(), "notHDF5"), (Data("no HDF5 file".utf8), "notHDF5"),
      (whole.prefix(whole.count / 2), "cut"), (whole.prefix(20), "tooShort"),
    ] {
      let path = try folder.write(bytes, to: "broken.h5")
      let error = try #require(throws: HDF5Error.self) { try HDF5File(path: path) }
      #expect(clauseName(error.clause) == clause)
      #expect(error.advice != nil)
    }
    #expect(throws: FileError.self) { try HDF5File(path: folder.path("missing.h5")) }
    #expect(throws: FileError.self) { try HDF5File(path: folder.path) }
  }

  @Test(arguments: [0, 512, 1024, 4096])
  func `finds a file behind a user block and inside other bytes`(userBlock: Int) throws {
    let folder = try TemporaryFolder()
    let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: fixture("various.h5"))))
    let before = [UInt8](repeating: 7, count: 33)
    let path = try folder.write(
      before + [UInt8](repeating: 0, count: userBlock) + whole + [1, 2, 3], to: "archive")
    let around = try RandomAccessFile(path: path)
    let range = before.count..<before.count + userBlock + whole.count
    let file = try HDF5File(file: around, range: range, name: "archive/various.h5")
    let tensor = try #require(file.tensor(named: "float32"))
    #expect(try file.floats(of: tensor) == [0, 1, 2, 3, 4, 5])
    let chunked = try #require(file.tensor(named: "group/compressed"))
    #expect(try file.floats(of: chunked) == (0..<40).map(Float.init))
    #expect(file.sourcePaths == [path])
  }

  @Test func `reads from many threads at once`() async throws {
    let file = try HDF5File(path: fixture("bert_model/tf_model.h5"))
    let sums = try await withThrowingTaskGroup(of: Float.self) { group in
      for _ in 0..<16 {
        group.addTask {
          try file.tensors.reduce(0) { sum, tensor in
            try sum + file.floats(of: tensor).reduce(0, +)
          }
        }
      }
      return try await group.reduce(into: Set<Float>()) { $0.insert($1) }
    }
    #expect(sums.count == 1)
  }
}
