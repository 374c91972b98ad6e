import TensorStorage
import TestSupport
import Testing
import ZipArchive

@testable import PyTorchCheckpoint

struct PyTorchRefusalTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func refusal(
    _ pickle: TorchPickle, members: [(String, [UInt8])]? = nil
  ) throws -> PyTorchFileError {
    let path = folder.path("model.bin")
    if let members {
      try pickle.archive(at: path, members: members)
    } else {
      try pickle.archive(at: path)
    }
    let error = try #require(throws: PyTorchFileError.self) { try PyTorchFile(path: path) }
    try HostileFile.keep(path, format: "pytorch", clause: clauseName(error.clause))
    return error
  }

  private func refusal(stream bytes: [UInt8]) throws -> PyTorchFileError {
    let path = try folder.write(bytes, to: "model.bin")
    let error = try #require(throws: PyTorchFileError.self) { try PyTorchFile(path: path) }
    try HostileFile.keep(path, format: "pytorch", clause: clauseName(error.clause))
    return error
  }

  private static let one = TorchPickle.dictionary { $0.tensor("a") }
  private static let data = [UInt8](repeating: 7, count: 16)

  /// A pickle of a state dict for each rule that its tensors break.
  private static let pickles: [(clause: String, pickle: TorchPickle)] = [
    (
      "noStateDict",
      {
        var list = TorchPickle(); list.code("]"); return list
      }()
    ),
    ("noStateDict", .dictionary { _ in }),
    (
      "noStateDict",
      .dictionary {
        $0.text("epoch"); $0.integer(3)
      }
    ),
    (
      "noStateDict",
      .dictionary {
        $0.text("optimizer"); $0.dictionary { $0.tensor("a") }
      }
    ),
    (
      "severalStateDicts",
      .dictionary {
        $0.text("first"); $0.dictionary { $0.tensor("a") }
        $0.text("second"); $0.dictionary { $0.tensor("a") }
      }
    ),
    (
      "repeatedName",
      .dictionary {
        $0.tensor("a"); $0.tensor("a")
      }
    ),
    (
      "repeatedName",
      .dictionary {
        $0.text("model"); $0.dictionary { $0.tensor("a") }
        $0.text("model"); $0.dictionary { $0.tensor("a") }
      }
    ),
    ("malformedShape", .dictionary { $0.tensor("a", size: [-1]) }),
    ("malformedShape", .dictionary { $0.tensor("a", stride: [-1]) }),
    ("malformedShape", .dictionary { $0.tensor("a", offset: -1) }),
    ("malformedShape", .dictionary { $0.tensor("a", size: [1 << 62, 4], stride: [0, 0]) }),
    ("malformedShape", .dictionary { $0.tensor("a", size: [0, .max, 2], stride: [1, 1, 1]) }),
    ("malformedShape", .dictionary { $0.tensor("a", size: [3], stride: [.max]) }),
    ("malformedShape", .dictionary { $0.tensor("a", size: [1 << 60], stride: [0]) }),
    ("malformedShape", .dictionary { $0.tensor("a", offset: .max) }),
    ("beyondStorage", .dictionary { $0.tensor("a", offset: 1) }),
    ("beyondStorage", .dictionary { $0.tensor("a", size: [5]) }),
    ("beyondStorage", .dictionary { $0.tensor("a", size: [2], stride: [4]) }),
    ("beyondStorage", .dictionary { $0.tensor("a", size: [1 << 48], stride: [1]) }),
    ("beyondStorage", .dictionary { $0.tensor("a", offset: 5, size: [0]) }),
    ("beyondStorage", .dictionary { $0.tensor("a", size: [2], view: (3, 1)) }),
    ("missingStorage", .dictionary { $0.tensor("a", key: "../0") }),
    ("storageSize", .dictionary { $0.tensor("a", count: 5) }),
    ("storageSize", .dictionary { $0.tensor("a", count: .max) }),
    ("storageSize", .dictionary { $0.tensor("a", type: "DoubleStorage") }),
  ]

  @Test(arguments: pickles.indices)
  func `refuses a state dict that breaks a rule, in both forms`(index: Int) throws {
    let (clause, pickle) = Self.pickles[index]
    let archive = try refusal(pickle)
    #expect(clauseName(archive.clause) == clause, "\(archive)")
    #expect(archive.description.contains("model.bin"))
    // A stream's storages have their size from the pickle's types.
    guard clause != "storageSize" else { return }
    let stream = try refusal(stream: pickle.stream([("0", 4, Self.data)]))
    #expect([clause, "unknownStorage"].contains(clauseName(stream.clause)), "\(stream)")
  }

  @Test func `refuses dictionaries that are nested without end, or hold themselves alone`() throws {
    var deep = TorchPickle()
    for _ in 0..<40 { deep.bytes += [0x7D] + [0x8C, 1, 0x61] }
    deep.code("N")
    for _ in 0..<40 { deep.code("s") }
    #expect(try refusal(deep).clause == .nestedTooDeep)
    var circle = TorchPickle()
    circle.bytes += Array("}q\u{1}".utf8) + [0x8C, 5] + Array("modelh\u{1}s".utf8)
    #expect(try refusal(circle).clause == .noStateDict)
    // A dictionary that holds itself beside a tensor is a wrapper without end.
    circle = TorchPickle()
    circle.bytes += Array("}q\u{1}".utf8) + [0x8C, 5] + Array("modelh\u{1}s(".utf8)
    circle.tensor("a")
    circle.code("u")
    #expect(try refusal(circle).clause == .nestedTooDeep)
  }

  @Test func `refuses archives that are none of PyTorch's, each by its name`() throws {
    #expect(
      try refusal(Self.one, members: [("archive/byteorder", [1]), ("archive/data/0", Self.data)])
        .clause == .unknownByteOrder)
    #expect(
      try refusal(Self.one, members: [("other/data.pkl", []), ("archive/data/0", Self.data)]).clause
        == .severalPickles(first: "archive/data.pkl", second: "other/data.pkl"))
    for name in ["archive/constants.pkl", "archive/code/__torch__.py"] {
      #expect(try refusal(Self.one, members: [(name, [])]).clause == .torchScript)
    }
    var writer = try ZipArchiveWriter(path: folder.path("other.zip"), collision: .replace)
    try writer.add("data.pkl", Self.one.ended)
    try writer.add("a/b/data.pkl", Self.one.ended)
    try writer.finish()
    let error = try #require(throws: PyTorchFileError.self) {
      try PyTorchFile(path: folder.path("other.zip"))
    }
    #expect(error.clause == .noPickle)
  }

  @Test func `refuses streams that break a rule`() throws {
    let front = TorchPickle.streamFront
    let pickle = Self.one
    #expect(try refusal(stream: pickle.ended).clause == .noMagicNumber)
    #expect(
      try refusal(stream: front.prefix(15) + [0x80, 2, 0x4D, 0xEA, 3, 0x2E]).clause
        == .unsupportedStreamVersion)
    #expect(
      try refusal(stream: front.prefix(21) + [0x80, 2, 0x4E, 0x2E]).clause
        == .malformedSystemDescription)
    #expect(
      try refusal(stream: front + pickle.ended + [0x80, 2, 0x4E, 0x2E]).clause
        == .malformedStorageKeys)
    let good = ("0", UInt64(4), Self.data)
    #expect(try refusal(stream: pickle.stream([good, good])).clause == .malformedStorageKeys)
    #expect(
      try refusal(stream: pickle.stream([good, ("1", 4, Self.data)])).clause
        == .unknownStorage(key: "1"))
    #expect(try refusal(stream: pickle.stream([])).clause == .missingStorage(key: "0"))
    #expect(
      try refusal(stream: pickle.stream([("0", 3, Self.data)])).clause
        == .storageSize(key: "0", byteCount: 12, expected: 16))
    for count in [5, 1 << 62, UInt64.max] {
      #expect(
        try refusal(stream: pickle.stream([("0", count, Self.data)])).clause
          == .storageBeyondEnd(key: "0"))
    }
    #expect(
      try refusal(stream: Array(pickle.stream([("0", 4, [])]).dropLast())).clause
        == .storageBeyondEnd(key: "0"))
    let tar = [UInt8](repeating: 0, count: 257) + Array("ustar".utf8)
    #expect(try refusal(stream: tar).clause == .tarArchive)
  }

  @Test func `leaves out types that nothing holds, and views that repeat without bound`() throws {
    let pickle = TorchPickle.dictionary {
      $0.tensor("good")
      $0.tensor("complex", key: "1", type: "ComplexDoubleStorage", count: 1, size: [1])
      // Sixteen bytes that claim to be a petabyte, in two ways.
      $0.tensor("repeated", size: [1 << 48], stride: [0])
      $0.tensor("overlapping", size: [3, 1 << 40, 2], stride: [1, 0, 1])
    }
    let path = folder.path("model.bin")
    try pickle.archive(
      at: path, members: [("archive/data/0", Self.data), ("archive/data/1", Self.data)])
    let file = try PyTorchFile(path: path)
    #expect(file.tensors.map(\.name) == ["good"])
    #expect(file.skipped.map(\.path) == ["complex", "repeated", "overlapping"])
    #expect(file.skipped[0].reason.contains("complex128"))
    let stranger = TensorDescription(name: "complex", elementType: .f64, shape: [2])
    let error = try #require(throws: PyTorchFileError.self) { try file.bytes(of: stranger) }
    #expect(error.clause == .noSuchTensor(tensor: "complex"))
  }

  @Test func `reads views of storages as PyTorch 0.3 wrote them`() throws {
    let pickle = TorchPickle.dictionary {
      $0.tensor("a", type: "ByteStorage", count: 6, offset: 1, size: [2], view: (2, 3))
    }
    let path = try folder.write(pickle.stream([("0", 6, [1, 2, 3, 4, 5, 6])]), to: "model.bin")
    let file = try PyTorchFile(path: path)
    #expect(try file.bytes(of: file.tensors[0]) == [4, 5])
  }

  @Test(arguments: [
    ("archive", ["plain", "plain_protocol4", "views", "wrapper"]),
    ("stream", ["plain_stream", "plain_stream_protocol4", "views_stream", "wrapper_stream"]),
  ])
  func `20000 damaged files are read or refused`(form: String, names: [String]) throws {
    let originals = try names.map { name in
      let file = try RandomAccessFile(path: Fixtures.path("pytorch/\(name).pt"))
      return try file.bytes(in: 0..<file.byteCount)
    }
    let count = try MutationCount(
      of: originals, count: 20_000, seed: 3, as: "damaged.pt",
      isExpected: { $0 is any DescribedError }
    ) { path in
      let file = try PyTorchFile(path: path)
      for tensor in file.tensors { _ = try file.bytes(of: tensor) }
    }
    #expect(count.refused > 5000 && count.read > 500, "\(count)")
    #expect(count.longest < .seconds(10), "\(count)")
  }
}
