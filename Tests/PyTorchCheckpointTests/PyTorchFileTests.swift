import Foundation
import PyTorchCheckpoint
import Safetensors
import TensorStorage
import TestSupport
import Testing

struct PyTorchFileTests {
  private static func path(_ name: String) -> String { Fixtures.path("pytorch/\(name)") }

  /// Files that torch wrote, and what torch says is in them.
  private static let goldens: [(file: String, truth: String, format: String)] = [
    ("plain", "plain", "archive"), ("plain_protocol4", "plain", "archive"),
    ("plain_protocol5", "plain", "archive"), ("plain_without_checksums", "plain", "archive"),
    ("plain_big_endian", "plain", "archive"), ("plain_stream", "plain", "stream"),
    ("plain_stream_protocol4", "plain", "stream"), ("plain_stream_protocol5", "plain", "stream"),
    ("views", "views", "archive"), ("views_stream", "views", "stream"),
    ("exotic", "exotic", "archive"), ("exotic_stream", "exotic", "stream"),
    ("tied", "tied", "archive"), ("module_prefix", "module_prefix", "archive"),
    ("wrapper", "wrapper", "archive"), ("wrapper_stream", "wrapper", "stream"),
    ("wrapper_state_dict", "wrapper", "archive"), ("wrapper_nested", "wrapper", "archive"),
    ("wrapper_unnamed", "wrapper", "archive"), ("numpy_protocol2", "numpy", "archive"),
    ("numpy_protocol4", "numpy", "archive"),
  ]

  @Test(arguments: goldens.indices)
  func `reads what torch wrote, byte for byte`(index: Int) throws {
    let golden = Self.goldens[index]
    let file = try PyTorchFile(path: Self.path(golden.file + ".pt"))
    let truth = try SafetensorsFile(path: Self.path(golden.truth + ".safetensors"))
    #expect(Set(file.tensors) == Set(truth.tensors))
    #expect(file.tensors.count == truth.tensors.count)
    #expect(file.formatName == "PyTorch " + golden.format)
    for tensor in truth.tensors {
      #expect(try file.bytes(of: tensor) == truth.bytes(of: tensor), "\(tensor.name)")
      // Row by row as well: every row of a view begins somewhere else.
      for row in 0..<tensor.shape.rowCount {
        var bytes = [UInt8](repeating: 0, count: tensor.bytesPerRow)
        var expected = bytes
        try bytes.withUnsafeMutableBytes { try file.readRows(row..<row + 1, of: tensor, into: $0) }
        try expected.withUnsafeMutableBytes {
          try truth.readRows(row..<row + 1, of: tensor, into: $0)
        }
        #expect(bytes == expected, "\(tensor.name), row \(row)")
      }
    }
  }

  @Test func `lists tensors in the state dict's order`() throws {
    let file = try PyTorchFile(path: Self.path("plain.pt"))
    #expect(
      file.tensors.map(\.name) == [
        "weight", "bias", "scalar", "half", "brain", "double", "ids", "int32", "int16", "int8",
        "uint8", "mask", "complex",
      ])
  }

  @Test func `leaves an optimizer's state out, and says so`() throws {
    for name in ["wrapper.pt", "wrapper_stream.pt"] {
      let skipped = try PyTorchFile(path: Self.path(name)).skipped
      #expect(skipped.map(\.path) == ["optimizer_state_dict"])
      #expect(skipped[0].reason.contains("earlier training"))
    }
    #expect(try PyTorchFile(path: Self.path("wrapper_nested.pt")).skipped.map(\.path) == ["ema"])
  }

  @Test(arguments: ["hostile.pt", "hostile_stream.pt"])
  func `runs nothing that a file names, and says what it named`(name: String) throws {
    let error = try #require(throws: PickleError.self) { try PyTorchFile(path: Self.path(name)) }
    #expect(error.clause == .refusedGlobal(module: "posix", name: "mkdir"))
    #expect(access("a-pickle-was-run", F_OK) != 0)
  }

  @Test func `names a TorchScript archive for what it is`() throws {
    let error = try #require(throws: PyTorchFileError.self) {
      try PyTorchFile(path: Self.path("torchscript.pt"))
    }
    #expect(error.clause == .torchScript)
    #expect(error.description.contains("torch.jit.load"))
  }

  @Test func `reads what the writer of this project writes`() throws {
    let folder = try TemporaryFolder()
    let tensors = [
      TensorDescription(name: "a", elementType: .f32, shape: [2, 3]),
      TensorDescription(name: "e", elementType: .i64, shape: [0, 4]),
    ]
    let alias = TensorDescription(name: "b", elementType: .f32, shape: [3, 2])
    var writer = try PyTorchZipWriter(
      path: folder.path("model.bin"), collision: .replace,
      entries: tensors.map { .init($0) } + [.init(alias, sharedWith: "a")])
    try (0..<24).map { UInt8($0) }.withUnsafeBytes { try writer.write($0) }
    try writer.finish()
    let file = try PyTorchFile(path: folder.path("model.bin"))
    #expect(file.tensors == tensors + [alias])
    #expect(try file.bytes(of: alias) == (0..<24).map { UInt8($0) })
  }
}
