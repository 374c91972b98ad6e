import HDF5
import TensorStorage
import TestSupport
import Testing

/// Layouts and versions of the format, as h5py writes them.
struct HDF5FormTests {
  @Test(arguments: [
    ("numbers", [2, 3], ElementType.f32), ("one_chunk", [4, 5], .i16),
    ("one_plain_chunk", [8], .f64), ("implicit", [5, 4], .f32), ("compact", [3], .i32),
  ])
  func `reads the newest format`(name: String, dimensions: [Int], type: ElementType) throws {
    let file = try HDF5File(path: fixture("newest.h5"))
    let tensor = try #require(file.tensor(named: "group/" + name))
    #expect(tensor.shape.dimensions == dimensions && tensor.elementType == type)
    let expected: [Double] =
      name == "compact" ? [1, -2, 3] : (0..<tensor.shape.elementCount).map(Double.init)
    #expect(try file.numbers(of: tensor) == expected)
  }

  @Test func `reads attributes of the newest format`() throws {
    let file = try HDF5File(path: fixture("newest.h5"))
    #expect(try file.attribute(named: "names", at: "group") == .strings(["eins", "zwölf"]))
    #expect(try file.attribute(named: "fixed", at: "group") == .strings(["one", "three"]))
  }

  @Test(arguments: ["three_axes", "checked", "packed", "again"])
  func `reads any rows of chunks`(name: String) throws {
    let file = try HDF5File(path: fixture("chunked.h5"))
    let tensor = try #require(file.tensor(named: name))
    for first in 0..<7 {
      for end in first...7 {
        var floats = [Float](repeating: -1, count: (end - first) * 15)
        try floats.withUnsafeMutableBytes { try file.readRows(first..<end, of: tensor, into: $0) }
        #expect(floats == (first * 15..<end * 15).map(Float.init))
      }
    }
  }

  @Test func `fills holes between chunks with the dataset's value`() throws {
    let file = try HDF5File(path: fixture("chunked.h5"))
    let holes = try #require(file.tensor(named: "holes"))
    var expected = [Double](repeating: -7, count: 24)
    for index in [8, 9, 12, 13] { expected[index] = 5 }
    #expect(try file.numbers(of: holes) == expected)
    let grown = try #require(file.tensor(named: "grown"))
    #expect(
      try file.numbers(of: grown)
        == (0..<30).map(Double.init) + [Double](repeating: 0, count: 45))
  }

  @Test func `follows a type that several datasets share`() throws {
    let file = try HDF5File(path: fixture("chunked.h5"))
    let tensor = try #require(file.tensor(named: "of_named_type"))
    #expect(try file.numbers(of: tensor) == [1.5, 2.5])
    #expect(file.skipped.map(\.path) == ["type"])
  }

  @Test(arguments: [
    ("dense_group", "dense storage", 20), ("fixed_array", "fixed array", 1),
    ("extensible_array", "extensible array", 1), ("scale_offset", "scale-offset", 1),
  ])
  func `names what it does not read, and a way out that leads there`(
    name: String, word: String, count: Int
  ) throws {
    let error = try #require(throws: HDF5Error.self) {
      try HDF5File(path: fixture("refused/\(name).h5"))
    }
    #expect(clauseName(error.clause) == "unsupported")
    #expect(error.problem.contains(word))
    #expect(error.advice?.contains("h5repack -l CONTI -f NONE in.h5 out.h5") == true)
    let repacked = try HDF5File(path: fixture("repacked/\(name).h5"))
    #expect(repacked.tensors.count == count)
    for tensor in repacked.tensors { _ = try repacked.bytes(of: tensor) }
  }

  @Test func `a filter that HDF5's own programs lack is said to need its plug-in`() throws {
    let error = try #require(throws: HDF5Error.self) {
      try HDF5File(path: fixture("refused/lzf.h5"))
    }
    #expect(error.problem.contains("LZF"))
    #expect(error.advice?.contains("plug-in") == true)
  }

  @Test func `says that attributes are where it does not look`() throws {
    let file = try HDF5File(path: fixture("refused/dense_attributes.h5"))
    let error = try #require(throws: HDF5Error.self) { try file.kerasLayers() }
    #expect(error.problem.contains("attributes with dense storage"))
    let repacked = try HDF5File(path: fixture("repacked/dense_attributes.h5"))
    #expect(try repacked.attribute(named: "weight_names19", at: "")?.strings == ["a"])
  }

  @Test func `reads Keras's bfloat16`() throws {
    let path = Fixtures.path("keras/hub_bfloat16")
    let file = try HDF5File(path: path + "/model.weights.h5")
    #expect(file.tensors.allSatisfy { $0.elementType == .bf16 } && file.tensors.count == 39)
    let table = try #require(file.tensor(named: "layers/reversible_embedding/vars/0"))
    #expect(try file.floats(of: table).contains { $0 != 0 })
  }
}

extension HDF5File {
  /// A dataset's numbers of whatever type.
  fileprivate func numbers(of tensor: TensorDescription) throws -> [Double] {
    let bytes = try bytes(of: tensor)
    let width = tensor.elementType.byteWidth
    return bytes.withUnsafeBytes { bytes in
      (0..<tensor.shape.elementCount).map { index in
        func load<Number: BitwiseCopyable>(_ type: Number.Type) -> Number {
          bytes.loadUnaligned(fromByteOffset: index * width, as: type)
        }
        return switch tensor.elementType {
        case .f32: Double(load(Float.self))
        case .f64: load(Double.self)
        case .i16: Double(load(Int16.self))
        case .i32: Double(load(Int32.self))
        default: .nan
        }
      }
    }
  }
}
